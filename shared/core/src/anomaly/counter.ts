/** What a counter grew by since the reading before it; a smaller reading is a reset, which began at zero. */
export function increase(before: number, value: number): number {
  return value >= before ? value - before : Math.max(0, value)
}

/** Rarer than this is news among small counts, of which each hour of a year sees one by chance. */
const rare = 1e-4
/** Counts up to this mean are small; beyond it the range tells enough. */
const smallMean = 10

/**
 * Whether a count is one that chance brings now and then, such as one restart in a quiet week: small counts have no bell curve, and a
 * first event after a long quiet is no news by itself.
 * @param sum of the `n` counts before
 */
export function isCommonCount(count: number, sum: number, n: number): boolean {
  // Half an event is granted to a history without any.
  const usual = (sum + 0.5) / (n + 1)
  return usual < smallMean && tailChance(count, usual) > rare
}

/** The chance of at least `count` events where `usual` are expected: the tail of the Poisson distribution, exact. */
function tailChance(count: number, usual: number): number {
  let term = Math.exp(-usual)
  let below = 0
  for (let k = 0; k < Math.min(count, 10 * smallMean); k += 1) {
    below += term
    term *= usual / (k + 1)
  }
  return Math.max(0, 1 - below)
}
