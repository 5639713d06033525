import { beyondFlapping, degradation, escalation, recovery, round } from './trends/course.ts'
import { flapLooks, flappingOf } from './trends/flapping.ts'
import { chronic, recurring } from './trends/history.ts'
import { pointsOf, total, type Look, type Point, type Track } from './trends/series.ts'
import type { TrendVerdict } from './trends/verdict.ts'

export type { Look, Point, Sighting, Track } from './trends/series.ts'
export { trendKinds, type TrendConfidence, type TrendKind, type TrendVerdict } from './trends/verdict.ts'

export interface Trends {
  /** Gravest first; `steady` alone when nothing else can be said. */
  verdicts: TrendVerdict[]
  /** The scope look by look. */
  points: Point[]
}

/**
 * What can be said of the course of a scope (an incident, a service, a namespace, a cluster) from what its looks saw.
 * What flaps gets that one verdict: it neither recurs, recovers nor degrades, and escalates only beyond all it showed while flapping.
 * @param looks every recorded cycle of the cluster in the window, oldest first
 */
export function trendsOf(tracks: readonly Track[], looks: readonly Look[], now: number): Trends {
  const all = tracks.map((track) => ({ track, points: pointsOf(track, looks) }))
  const parties = Map.groupBy(all, ({ track }) => track.party)
  const flapping = [...parties].flatMap(([party, own]) => {
    const points = sum(own, looks)
    const judged = flappingOf(points.map((point) => point.count > 0))
    return judged.flapping ? [{ party, points, ...judged }] : []
  })
  const unsteady = new Set(flapping.map(({ party }) => party))
  const calm = all.filter(({ track }) => !unsteady.has(track.party))
  const points = sum(calm, looks)
  const verdicts = [
    escalation(points) ?? flapping.map((one) => beyondFlapping(one.points, flapLooks)).find((one) => one !== undefined),
    degradation(points),
    flappingVerdict(flapping),
    recurring(calm, now),
    chronic(all, now),
    recovery(points),
  ].filter((verdict) => verdict !== undefined)
  const whole = sum(all, looks)
  return { verdicts: verdicts.length > 0 ? verdicts : [steady(whole)], points: whole }
}

function sum(parts: readonly { points: readonly Point[] }[], looks: readonly Look[]): Point[] {
  return total(
    parts.map(({ points }) => points),
    looks,
  )
}

function flappingVerdict(
  found: readonly { party: string; points: readonly Point[]; percent: number; begins: number }[],
): TrendVerdict | undefined {
  const [most] = found.toSorted((a, b) => b.percent - a.percent)
  if (most === undefined) return undefined
  const looks = Math.min(flapLooks, most.points.length)
  return {
    verdict: 'flapping',
    confidence: most.percent > 40 ? 'high' : most.percent > 20 ? 'medium' : 'low',
    why: `${most.party} began ${most.begins} times in ${looks} looks${found.length > 1 ? `, and ${found.length - 1} more flap` : ''}.`,
    numbers: { changePercent: round(most.percent), begins: most.begins, looks, flapping: found.length },
    about: found.slice(0, 10).map(({ party }) => party),
  }
}

/** Nothing moves, as far as the looks tell: sure only after a day of hourly ones. */
function steady(points: readonly Point[]): TrendVerdict {
  const looks = points.length
  return {
    verdict: 'steady',
    confidence: looks >= 24 ? 'high' : looks >= 6 ? 'medium' : 'low',
    why: looks < 2 ? 'There are too few looks to see a course.' : 'No definition of a trend holds.',
    numbers: { looks, count: points.at(-1)?.count ?? 0 },
  }
}
