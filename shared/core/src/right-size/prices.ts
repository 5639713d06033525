/** List prices of OpenCost's default configuration, in US dollars: what a cloud takes on demand. */
export const prices = { cpuCoreHour: 0.031611, memoryGibHour: 0.004237 }

/** The hours of a month, as clouds and OpenCost reckon it. */
export const monthHours = 730

/** Dollars a month for holding so many cores and bytes all month, to the cent; negative amounts cost negatively. */
export function monthlyPrice(cores: number, bytes: number): number {
  const hourly = cores * prices.cpuCoreHour + (bytes / 2 ** 30) * prices.memoryGibHour
  return Math.round(hourly * monthHours * 100) / 100
}
