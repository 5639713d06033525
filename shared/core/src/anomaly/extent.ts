import { day } from '../time.ts'

/** The range that a quantity has kept to so far. */
export interface Extent {
  low: number
  high: number
  /** Values it was learned from. */
  n: number
  /** When the first of them was, in milliseconds since the epoch. */
  since: number
}

/** A range is left by more than this share of its width. */
const tolerance = 0.05
/** A range learned from n independent values may end so many n-ths of its width too early: records of noise come as 1/n. */
const doubt = 12
/** How much of its width a range grows at most by one value, so that one huge spike does not blind it to the next … */
const growth = 0.25
/** … and at least this share of the way to the value, so that what comes again and again is learned. */
const pull = 0.4
/** Share of the way to the middle that an end not reached moves back by each value: a range forgets within some ten thousand. */
const forgetting = 1e-4
/** A line that never moved has a range of this share of its height. */
const leastWidth = 0.01

/** Values that a range must know, and the time they must span: what a day does is seen within one. */
const leastValues = 48
const leastSpan = 1 * day

export function newExtent(): Extent {
  return { low: 0, high: 0, n: 0, since: 0 }
}

/** Whether a range knows too little to tell what is new. */
export function isLearning({ n, since }: Extent, at: number): boolean {
  return n < leastValues || at - since < leastSpan
}

/** What is known of a quantity before its values. */
export interface Quantity {
  /** A width below which nobody cares. */
  narrowest: number
  /** Values that one value of it covers: neighbours of a mean over twelve are nearly the same. */
  covers: number
}

/**
 * Tells how far a value lies outside of what was seen, then learns it.
 * @returns shares of the range's width beyond what little history explains, above 0 upwards and below 0 downwards; 0 inside and while the range is learning
 */
export function novelty(extent: Extent, at: number, value: number, { narrowest, covers }: Quantity): number {
  const { low, high, n } = extent
  if (n === 0) Object.assign(extent, { low: value, high: value, since: at })
  extent.n = n + 1
  if (isLearning(extent, at)) {
    extent.low = Math.min(extent.low, value)
    extent.high = Math.max(extent.high, value)
    return 0
  }
  const width = Math.max(high - low, leastWidth * Math.max(Math.abs(high), Math.abs(low)), narrowest, Number.EPSILON)
  if (value > high) {
    extent.high += learned(value - high, width)
    return beyond((value - high) / width, n / covers)
  }
  if (value < low) {
    extent.low -= learned(low - value, width)
    return -beyond((low - value) / width, n / covers)
  }
  const middle = (high + low) / 2
  extent.high -= forgetting * (high - Math.max(value, middle))
  extent.low += forgetting * (Math.min(value, middle) - low)
  return 0
}

function learned(distance: number, width: number): number {
  return Math.min(distance, Math.max(growth * width, pull * distance))
}

function beyond(excess: number, independent: number): number {
  const sure = excess - doubt / independent
  return sure > tolerance ? sure : 0
}
