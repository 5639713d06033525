/** The middle of some numbers; of an even count, the mean of the two in the middle. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return ((sorted[middle] ?? 0) + (sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0)) / 2
}

export interface MonotonicTrend {
  /** Theil-Sen: the median of the slopes of all pairs, per step. */
  slope: number
  /** Chance of so clear a trend without one: Mann-Kendall, two-sided, corrected for ties. */
  p: number
}

/** Whether values rise or fall over time, whatever their distribution (Mann 1945, Kendall 1975, Sen 1968). */
export function monotonicTrend(values: readonly number[]): MonotonicTrend {
  const n = values.length
  const slopes: number[] = []
  let balance = 0
  for (let later = 1; later < n; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const rise = values[later]! - values[earlier]!
      balance += Math.sign(rise)
      slopes.push(rise / (later - earlier))
    }
  }
  const groups = [...Map.groupBy(values, (value) => value).values()].map((group) => group.length)
  const variance = (spread(n) - groups.reduce((sum, size) => sum + spread(size), 0)) / 18
  if (variance <= 0) return { slope: 0, p: 1 }
  const z = (Math.abs(balance) - 1) / Math.sqrt(variance)
  return { slope: median(slopes), p: balance === 0 ? 1 : 2 * upperTail(z) }
}

/** What `size` values, or as many that tie, add to the variance of Kendall's sum, times 18. */
function spread(size: number): number {
  return size * (size - 1) * (2 * size + 5)
}

/** The part of a standard normal distribution above `z` (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z)
  const t = 1 / (1 + 0.2316419 * z)
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const sum = terms.reduceRight((rest, term) => t * (term + rest), 0)
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}
