import { replay, type Episode } from '@kubevigil/core/anomaly/episodes'
import type { AnomalyKind } from '@kubevigil/core/anomaly/features'
import { isAbsent } from '@kubevigil/core/anomaly/gaps'
import { anomalySentence, forecastSentence, nameOf } from '@kubevigil/core/anomaly/words'
import { clip } from '@kubevigil/core/budget'
import { forecast } from '@kubevigil/core/forecast'
import { day, humanSpan, toInstant } from '@kubevigil/core/time'
import type { StoredPoint, StoredSeries } from '../store/metrics.ts'

/** One line of an answer. */
export interface Entry {
  cluster: string
  metric: string
  labels: Record<string, string>
  kind: AnomalyKind | 'absent' | 'forecast'
  says: string
  since: string | null
  until: string | null
  ongoing: boolean
  score: number
  confidence: Episode['confidence']
  numbers: Record<string, number>
}

export interface Judgement {
  entries: Entry[]
  learning: boolean
}

/**
 * What is to be said of one series.
 * @param points with the history before `from`
 * @param from anomalies that ended before are not told
 * @param now the newest reading of any series: a series is absent when the others speak
 */
export function judgeSeries(
  series: StoredSeries,
  points: readonly StoredPoint[],
  from: number,
  now: number,
): Judgement {
  const { episodes, detector, learning } = replay(series.type, points)
  const { cluster, metric, labels } = series
  const own = { cluster, metric, labels: { ...labels } }
  const entries = episodes
    .filter(({ until }) => until >= from)
    .map((episode) => ({ ...own, ...anomalyEntry(series, episode) }))
  const silence = now - series.lastAt
  if (isAbsent(detector.gaps, silence)) entries.push({ ...own, ...absentEntry(series, silence, detector.gaps.typical) })
  if (series.limit !== null) entries.push({ ...own, ...forecastEntry(series, series.limit, points) })
  return { entries: entries.map((entry) => ({ ...entry, says: clip(entry.says, 600) })), learning }
}

type Told = Omit<Entry, 'cluster' | 'metric' | 'labels'>

function anomalyEntry(series: StoredSeries, episode: Episode): Told {
  const { kind, value, band, usual, n, since, until, ongoing, score, confidence } = episode
  return {
    kind,
    ongoing,
    confidence,
    says: anomalySentence(series, episode),
    since: toInstant(since),
    until: toInstant(until),
    score: round(score),
    numbers: {
      value: round(value),
      low: round(band.low),
      high: round(band.high),
      n,
      ...(usual !== null && { usual: round(usual) }),
    },
  }
}

function absentEntry(series: StoredSeries, silence: number, typical: number): Told {
  return {
    kind: 'absent',
    says: `${nameOf(series)} has been silent for ${humanSpan(silence)}; it came every ${humanSpan(typical)}.`,
    since: toInstant(series.lastAt),
    until: null,
    ongoing: true,
    score: 0.7,
    confidence: 'medium',
    numbers: { silentSeconds: Math.round(silence / 1000), everySeconds: Math.round(typical / 1000) },
  }
}

/** A forecast weighs as much as it is near: a day ahead it is an anomaly. */
function forecastEntry(series: StoredSeries, limit: number, points: readonly StoredPoint[]): Told {
  const found = forecast(points, limit)
  const says = forecastSentence(series, limit, found, series.lastAt)
  const rest = { kind: 'forecast' as const, says, since: null, ongoing: false }
  if (!found.fills) {
    const full = found.why === 'full already'
    return {
      ...rest,
      until: full ? toInstant(series.lastAt) : null,
      score: full ? 1 : 0,
      confidence: full ? 'high' : 'low',
      numbers: { limit, n: found.n },
    }
  }
  const days = (at: number): number => round((at - series.lastAt) / day)
  return {
    ...rest,
    until: toInstant(found.at),
    score: round(1 / (1 + Math.max(0, days(found.at)))),
    confidence: found.latest - series.lastAt < 2 * (found.earliest - series.lastAt) ? 'high' : 'medium',
    numbers: {
      limit,
      days: days(found.at),
      earliestDays: days(found.earliest),
      latestDays: days(found.latest),
      n: found.n,
    },
  }
}

/** What goes on before what is over, then by news; silent forecasts last. */
export function worstFirst(judged: readonly Judgement[]): Entry[] {
  return judged
    .flatMap(({ entries }) => entries)
    .sort(
      (a, b) =>
        Number(b.ongoing) - Number(a.ongoing) || b.score - a.score || (b.since ?? '').localeCompare(a.since ?? ''),
    )
}

function round(value: number): number {
  return Number(value.toPrecision(5))
}
