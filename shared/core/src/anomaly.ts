import { increase, isCommonCount } from './anomaly/counter.ts'
import { isLearning } from './anomaly/extent.ts'
import {
  anomalyThreshold,
  gravestSign,
  newFeatures,
  type AnomalyKind,
  type Features,
  type Sign,
} from './anomaly/features.ts'
import { learnGap, newGaps, type Gaps } from './anomaly/gaps.ts'
import { usualAt } from './anomaly/hours.ts'
import { goesFlat, newStandstill, type Standstill } from './anomaly/standstill.ts'

/** A gauge goes up and down; a counter only grows, but for resets. */
export const metricTypes = ['gauge', 'counter'] as const
export type MetricType = (typeof metricTypes)[number]

/** One reading of a series. */
export interface MetricPoint {
  /** Milliseconds since the epoch. */
  at: number
  value: number
}

/** Why a point is unusual. */
export interface AnomalyEvidence {
  kind: AnomalyKind
  /** The value that was judged: of a counter, what it grew by in its usual interval. */
  value: number
  /** What the series kept to before, in the same unit. */
  band: { low: number; high: number }
  /** What is usual at this hour of the day; null while that is not known. */
  usual: number | null
  /** Values the judgement rests on, and since when they come. */
  n: number
  knownSince: number
}

export interface Reading {
  /** 0 to 1: how much news the point is. 0 while an episode goes on that was told already. */
  score: number
  /** An anomaly begins here. */
  alarm: boolean
  /** An anomaly goes on here, or begins. */
  ongoing: boolean
  /** Too little is known to judge. */
  learning: boolean
  /** Present when the score is above 0. */
  evidence?: AnomalyEvidence
}

export { anomalyThreshold }

/** All that a detector remembers of a series: plain data, to be kept as JSON. */
export interface Detector {
  type: MetricType
  /** The last reading. */
  last: MetricPoint | null
  gaps: Gaps
  features: Features
  standstill: Standstill
  /** Sum of what was judged: the mean of small counts. */
  sum: number
  /** Points since the last unusual one of a running episode; null outside of episodes. */
  quiet: number | null
}

/** An episode is over after this many points without news. */
const episodeEnds = 24
/** What a line that stands still counts for: it has no width. */
const flatScore = 0.6

export function newDetector(type: MetricType): Detector {
  return {
    type,
    last: null,
    gaps: newGaps(),
    features: newFeatures(),
    standstill: newStandstill(),
    sum: 0,
    quiet: null,
  }
}

/**
 * Judges the next reading against the series' own history, then learns it: whether its value, short mean, difference from the
 * hour's usual, change or short spread leaves the range it kept to (new is what never was), whether small deviations add up to a
 * new level, whether the line went flat. Takes time that does not grow with the history, and moves `detector` on in place.
 * @param point later than the one before; of a counter, its reading
 */
export function step(detector: Detector, point: MetricPoint): Reading {
  const { last, gaps, type } = detector
  detector.last = { at: point.at, value: point.value }
  const gap = last === null ? 0 : point.at - last.at
  const { typical } = gaps
  if (last !== null) learnGap(gaps, gap)
  if (type === 'gauge') return judge(detector, point.at, point.value)
  // What the first reading of a counter has grown by is not known.
  if (last === null) return { score: 0, alarm: false, ongoing: false, learning: true }
  const usualPart = typical === 0 ? 1 : Math.min(1, typical / gap)
  return judge(detector, point.at, usualPart * increase(last.value, point.value))
}

function judge(detector: Detector, at: number, value: number): Reading {
  const { features } = detector
  const { low, high, n, since } = features.extents.value
  const usual = usualAt(features.hours, at) ?? null
  const sign = signOf(detector, at, value)
  const learning = isLearning(features.extents.value, at)
  const told = detector.quiet !== null
  const unusual = !learning && sign.score >= anomalyThreshold
  if (unusual) detector.quiet = 0
  else if (detector.quiet !== null) detector.quiet = detector.quiet + 1 < episodeEnds ? detector.quiet + 1 : null
  const ongoing = detector.quiet !== null
  if (learning || told || sign.score === 0) return { score: 0, alarm: false, ongoing, learning }
  const evidence = { kind: sign.kind, value, band: { low, high }, usual, n, knownSince: since }
  return { score: sign.score, alarm: unusual, ongoing, learning, evidence }
}

function signOf(detector: Detector, at: number, value: number): Sign {
  const { features, standstill, type, sum } = detector
  const { n } = features.extents.value
  detector.sum += value
  const sign = gravestSign(features, at, value)
  const flat = goesFlat(standstill, value)
  if (type === 'counter' && isCommonCount(value, sum, n)) return { kind: 'high', score: 0 }
  return flat && sign.score < flatScore ? { kind: 'flat', score: flatScore } : sign
}
