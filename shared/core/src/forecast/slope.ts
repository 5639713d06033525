/** A place on a line, in hours and in the series' unit. */
export interface Place {
  x: number
  y: number
}

/** A straight line through places, with the range its slope may have. */
export interface Line {
  slope: number
  /** Ends of the slope's 95 % interval. */
  least: number
  most: number
  /** Where the line stands at x = 0: its middle, and where one and nine of ten places would have it. */
  middle: number
  low: number
  high: number
}

const z95 = 1.96

/**
 * The line whose slope is the median of the slopes between all pairs (Theil 1950), with the interval of Sen (1968): a few outliers do
 * not move it.
 * @param widening of the interval: neighbouring hours are alike, so that they tell less than as many independent places
 * @returns undefined for fewer than three places
 */
export function theilSen(places: readonly Place[], widening = 2): Line | undefined {
  const n = places.length
  if (n < 3) return undefined
  const slopes = places
    .flatMap((from, index) => places.slice(index + 1).map((to) => (to.y - from.y) / (to.x - from.x)))
    .sort((a, b) => a - b)
  const slope = quantile(slopes, 0.5)
  const deviation = widening * z95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const edge = Math.min(0.5, deviation / 2 / slopes.length)
  const heights = places.map(({ x, y }) => y - slope * x).sort((a, b) => a - b)
  return {
    slope,
    least: quantile(slopes, 0.5 - edge),
    most: quantile(slopes, 0.5 + edge),
    middle: quantile(heights, 0.5),
    low: quantile(heights, 0.1),
    high: quantile(heights, 0.9),
  }
}

/** The value that a share of sorted values does not pass, between neighbours where it falls between them. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below)
}
