/** The middle of some numbers; of an even count, the mean of the two in the middle. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return ((sorted[middle] ?? 0) + (sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0)) / 2
}

/** The value that a share of sorted values does not pass, between neighbours where it falls between them; NaN for none. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below)
}

/** A place on a line. */
export interface Place {
  x: number
  y: number
}

/** The slopes between all pairs of places, in growing order: their median is the slope of Theil (1950) and Sen (1968). */
export function pairSlopes(places: readonly Place[]): number[] {
  return places
    .flatMap((from, index) => places.slice(index + 1).map((to) => (to.y - from.y) / (to.x - from.x)))
    .sort((a, b) => a - b)
}

/** What `size` values, or as many that tie, add to the variance of Kendall's sum, times 18. */
export function kendallSpread(size: number): number {
  return size * (size - 1) * (2 * size + 5)
}

interface MonotonicTrend {
  /** Theil-Sen: the median of the slopes of all pairs, per step. */
  slope: number
  /** Chance of so clear a trend without one: Mann-Kendall, two-sided, corrected for ties. */
  p: number
}

/** Whether values rise or fall over time, whatever their distribution (Mann 1945, Kendall 1975, Sen 1968). */
export function monotonicTrend(values: readonly number[]): MonotonicTrend {
  const n = values.length
  let balance = 0
  for (const [index, value] of values.entries()) {
    for (const later of values.slice(index + 1)) balance += Math.sign(later - value)
  }
  const groups = [...Map.groupBy(values, (value) => value).values()].map((group) => group.length)
  const variance = (kendallSpread(n) - groups.reduce((sum, size) => sum + kendallSpread(size), 0)) / 18
  if (variance <= 0) return { slope: 0, p: 1 }
  const z = (Math.abs(balance) - 1) / Math.sqrt(variance)
  return { slope: quantile(pairSlopes(values.map((y, x) => ({ x, y }))), 0.5), p: balance === 0 ? 1 : 2 * upperTail(z) }
}

/** The part of a standard normal distribution above `z` (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z)
  const t = 1 / (1 + 0.2316419 * z)
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const sum = terms.reduceRight((rest, term) => t * (term + rest), 0)
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}
