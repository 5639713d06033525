import { median } from '../trends/statistics.ts'
import { newExtent, novelty, type Extent, type Quantity } from './extent.ts'
import { hourResidual, newHours, type Hours } from './hours.ts'

/** What is looked at in a series, the plainest first: each quantity has a range of its own. */
const features = ['value', 'change', 'residual', 'level', 'shift', 'spread'] as const
type Feature = (typeof features)[number]

/** What is unusual: outside all values seen, off for the hour, a jump, a level, a rougher or calmer course, a flat line. */
export const anomalyKinds = ['high', 'low', 'hour', 'jump', 'level', 'rough', 'calm', 'flat'] as const
export type AnomalyKind = (typeof anomalyKinds)[number]

export interface Features {
  /** The last values, oldest first. */
  recent: number[]
  /** Their last differences from what is usual at their hour. */
  residuals: number[]
  /** How far values lie from the median of their neighbours, in the mean. */
  noise: number
  extents: Record<Feature, Extent>
  hours: Hours
}

/** A sign that something is new, and how much news it is: 0 to 1. */
export interface Sign {
  kind: AnomalyKind
  score: number
}

/** From this score on, a point is an anomaly. */
export const anomalyThreshold = 0.5
/** Values of the short level and spread. */
const recentValues = 12
/** Values of the shift: more than half of them off for their hour are a shift, a lone spike is none. */
const recentResiduals = 6
/** The least width of a derived quantity: a share of the value's own, which is taken as ten times the noise where spikes made it wider. */
const narrowest = 0.3
const noisesWide = 10
/** Weight of a new value in the noise. */
const noiseWeight = 0.01
/** How much one width beyond its range counts: the value itself says most, and calm comes by chance more often than turmoil. */
const weights = { value: 0.8, derived: 0.7, calm: 0.3 }
/** Weighted widths beyond the range that make half a score. */
const halfScore = 0.08

export function newFeatures(): Features {
  const extents = Object.fromEntries(features.map((feature) => [feature, newExtent()])) as Record<Feature, Extent>
  return { recent: [], residuals: [], noise: 0, extents, hours: newHours() }
}

/**
 * Takes the next value: every quantity is asked, and then taught, whatever the others say. Level and shift are medians, so that a
 * spike does not widen their ranges.
 * @returns the gravest score and the plainest sign that makes an anomaly; a score of 0 when everything kept to its range
 */
export function gravestSign(known: Features, at: number, value: number): Sign {
  const { recent, residuals, extents, hours } = known
  const change = value - (recent.at(-1) ?? value)
  push(recent, value, recentValues)
  const level = median(recent)
  known.noise += (Math.abs(value - level) - known.noise) * Math.max(noiseWeight, 1 / (extents.value.n + 1))
  const width = Math.min(extents.value.high - extents.value.low, noisesWide * known.noise)
  const over = (covers: number): Quantity => ({ narrowest: narrowest * width, covers })
  const off: Partial<Record<Feature, number>> = {
    value: novelty(extents.value, at, value, { narrowest: 0, covers: 1 }),
    change: novelty(extents.change, at, change, over(1)),
  }
  if (recent.length === recentValues) {
    off.level = novelty(extents.level, at, level, over(recentValues))
    off.spread = novelty(extents.spread, at, Math.max(...recent) - Math.min(...recent), over(recentValues))
  }
  const residual = hourResidual(hours, at, value)
  if (residual !== undefined) {
    push(residuals, residual, recentResiduals)
    off.residual = novelty(extents.residual, at, residual, over(1))
    if (residuals.length === recentResiduals)
      off.shift = novelty(extents.shift, at, median(residuals), over(recentResiduals))
  }
  return plainest(features.map((feature) => signOf(feature, off[feature] ?? 0)))
}

function push(values: number[], value: number, most: number): void {
  values.push(value)
  if (values.length > most) values.shift()
}

function signOf(feature: Feature, off: number): Sign {
  const kind = kindOf(feature, off > 0)
  const weight = feature === 'value' ? weights.value : kind === 'calm' ? weights.calm : weights.derived
  const widths = weight * Math.abs(off)
  return { kind, score: widths / (widths + halfScore) }
}

/** A value never seen before is no matter of the hour, though it is off for that too. */
function plainest(signs: readonly Sign[]): Sign {
  const score = Math.max(...signs.map((sign) => sign.score))
  const { kind } = signs.find((sign) => sign.score >= Math.min(score, anomalyThreshold))!
  return { kind, score }
}

function kindOf(feature: Feature, above: boolean): AnomalyKind {
  switch (feature) {
    case 'value':
      return above ? 'high' : 'low'
    case 'spread':
      return above ? 'rough' : 'calm'
    case 'residual':
      return 'hour'
    case 'change':
      return 'jump'
    case 'level':
    case 'shift':
      return 'level'
  }
}
