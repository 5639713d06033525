import { kendallSpread, pairSlopes, quantile, type Place } from '../trends/statistics.ts'

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
  const slopes = pairSlopes(places)
  const slope = quantile(slopes, 0.5)
  const deviation = widening * z95 * Math.sqrt(kendallSpread(n) / 18)
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
