import type { Sev } from '../policy.ts'
import type { Point } from './series.ts'
import { median, monotonicTrend } from './statistics.ts'
import type { TrendConfidence, TrendVerdict } from './verdict.ts'

/** Looks that a trend is judged over, and the chance of error it may have. */
const trendLooks = { least: 6, most: 24 }
const significance = 0.05

/**
 * It got worse now: 1.5 times as many and 3 more than the median of the three looks before, a graver SEV than in all of them, or the
 * first P0 service hit. Where nothing was open before, it is new and not an escalation.
 */
export function escalation(points: readonly Point[]): TrendVerdict | undefined {
  const now = rise(points)
  if (now === undefined) return undefined
  const looksBefore = Math.min(3, points.length - 1)
  const holds = rise(points.slice(0, -1)) !== undefined || now.reasons.length > 1
  const confidence: TrendConfidence = holds ? 'high' : looksBefore === 3 ? 'medium' : 'low'
  return {
    verdict: 'escalation',
    confidence,
    why: `${now.reasons.join('; ')}.`,
    numbers: { count: now.count, before: now.base, ratio: round(now.count / now.base), looksBefore },
  }
}

function rise(points: readonly Point[]): { reasons: string[]; count: number; base: number } | undefined {
  const last = points.at(-1)
  const before = points.slice(-4, -1)
  const base = median(before.map((point) => point.count))
  if (last === undefined || base < 1) return undefined
  const path = [...before, last].map((point) => point.count).join(' → ')
  const reasons = [
    ...(last.count >= 1.5 * base && last.count >= base + 3 ? [`${path} affected`] : []),
    ...(last.sev !== null && before.every(({ sev }) => sev !== null && last.sev! < sev)
      ? [`${last.sev}, after ${gravest(before)}`]
      : []),
    ...(last.p0 && !before.some((point) => point.p0) ? ['a P0 service is hit now'] : []),
  ]
  return reasons.length === 0 ? undefined : { reasons, count: last.count, base }
}

/** Something that flaps got worse than it ever was in its flapping. */
export function beyondFlapping(points: readonly Point[], looks: number): TrendVerdict | undefined {
  const last = points.at(-1)
  const before = points.slice(-looks, -1)
  const most = Math.max(0, ...before.map((point) => point.count))
  if (last === undefined || most < 1 || last.count < 1.5 * most || last.count < most + 3) return undefined
  return {
    verdict: 'escalation',
    confidence: 'medium',
    why: `${last.count} affected, more than the ${most} of its flapping.`,
    numbers: { count: last.count, before: most, ratio: round(last.count / most), looksBefore: before.length },
  }
}

/** It grows over 6 to 24 looks, since it was last gone: Mann-Kendall p < 0.05 and a Theil-Sen slope above 0. */
export function degradation(points: readonly Point[]): TrendVerdict | undefined {
  const begin = points.findLastIndex((point) => point.count === 0) + 1
  const counts = points.slice(Math.max(begin, points.length - trendLooks.most)).map((point) => point.count)
  if (counts.length < trendLooks.least) return undefined
  const { slope, p } = monotonicTrend(counts)
  if (slope <= 0 || p >= significance) return undefined
  return {
    verdict: 'degradation',
    confidence: p < 0.001 ? 'high' : p < 0.01 ? 'medium' : 'low',
    why: `It grew from ${counts[0]} to ${counts.at(-1)} affected over ${counts.length} looks.`,
    numbers: { looks: counts.length, slopePerLook: round(slope), p: Number(p.toPrecision(2)) },
  }
}

/** For two looks half as many or fewer, or a milder SEV, than the median of the three looks before those. */
export function recovery(points: readonly Point[]): TrendVerdict | undefined {
  if (points.length < 5) return undefined
  const before = points.slice(-5, -2)
  const last = points.slice(-2)
  const base = median(before.map((point) => point.count))
  // What one or two looks showed was a blip, and its end is no news.
  if (before.some((point) => point.count === 0)) return undefined
  const fewer = last.every((point) => point.count <= base / 2)
  const usual = median(before.map((point) => rank(point.sev)))
  const milder = last.every((point) => rank(point.sev) > usual)
  if (!fewer && !milder) return undefined
  const over = last.every((point) => point.count === 0)
  const path = [...before, ...last].map((point) => point.count).join(' → ')
  return {
    verdict: 'recovery',
    confidence: over || (fewer && milder) ? 'high' : 'medium',
    why: over
      ? `Nothing is open for two looks, after a median of ${base} affected.`
      : `${path} affected${milder ? ', with a milder SEV' : ''}.`,
    numbers: { count: last[1]!.count, before: base, ratio: round(last[1]!.count / base) },
  }
}

function gravest(points: readonly Point[]): Sev | undefined {
  return points.flatMap(({ sev }) => (sev === null ? [] : [sev])).sort()[0]
}

/** 1 to 4 by SEV, 5 when nothing is open. */
function rank(sev: Sev | null): number {
  return sev === null ? 5 : Number(sev.at(-1))
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
