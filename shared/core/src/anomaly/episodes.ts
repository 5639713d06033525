import {
  newDetector,
  step,
  type AnomalyEvidence,
  type Detector,
  type MetricPoint,
  type MetricType,
} from '../anomaly.ts'
import { day } from '../time.ts'
import type { AnomalyKind } from './features.ts'

/** One anomaly from its first unusual point to its last: told once. */
export interface Episode extends AnomalyEvidence {
  since: number
  /** The last point of it so far. */
  until: number
  /** Whether it still goes on at the end of the series. */
  ongoing: boolean
  /** 0 to 1, of its first point. */
  score: number
  confidence: 'low' | 'medium' | 'high'
}

/** What a replay of a series found. */
interface Replay {
  episodes: Episode[]
  /** As it stands after the last point. */
  detector: Detector
  learning: boolean
}

/** Runs a detector over a whole series. */
export function replay(type: MetricType, points: Iterable<MetricPoint>): Replay {
  const detector = newDetector(type)
  const episodes: Episode[] = []
  let learning = true
  for (const point of points) {
    const reading = step(detector, point)
    learning = reading.learning
    const open = episodes.at(-1)
    if (reading.alarm && reading.evidence !== undefined) {
      const { score, evidence } = reading
      const confidence = confidenceOf(score, evidence, point.at)
      episodes.push({ ...evidence, since: point.at, until: point.at, ongoing: true, score, confidence })
    } else if (open?.ongoing === true) {
      if (detector.quiet === 0) open.until = point.at
      open.ongoing = reading.ongoing
    }
  }
  return { episodes, detector, learning }
}

/** A week of history knows each hour; signs without a width, and a short history, are less sure. */
function confidenceOf(score: number, { kind, knownSince }: AnomalyEvidence, at: number): Episode['confidence'] {
  const indirect: readonly AnomalyKind[] = ['calm', 'flat', 'hour']
  const days = (at - knownSince) / day
  if (days < 2 || score < 0.6) return 'low'
  return days >= 7 && score >= 0.75 && !indirect.includes(kind) ? 'high' : 'medium'
}
