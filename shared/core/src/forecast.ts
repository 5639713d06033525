import { hourlyMedians, lastFall, peaks } from './forecast/course.ts'
import { theilSen, type Line } from './forecast/slope.ts'
import type { MetricPoint } from './anomaly.ts'
import { day, hour } from './time.ts'
import type { Place } from './trends/statistics.ts'

/** When something fills, or why that cannot be said. Instants are milliseconds since the epoch. */
export type Forecast =
  | {
      fills: true
      at: number
      earliest: number
      latest: number
      /** Which course was followed: all hours since the last fall, the last hours, or the peaks of a saw-tooth. */
      by: 'hours' | 'recent hours' | 'peaks'
      /** Growth an hour. */
      rate: number
      n: number
    }
  | { fills: false; why: 'full already' | 'too little history' | 'not growing' | 'not within 90 days'; n: number }

/** Hours a forecast needs. */
export const leastHours = 8
/** How far back a straight line is drawn. */
const window = 48 * hour
/** Periods of a saw-tooth are longer. */
const longWindow = 14 * day
const horizon = 90 * day
const recentHours = 6
/** Growth of the last hours that tells of a new course: so often that of the window, and of the same hours a day before. */
const muchFaster = 2.5
const fasterThanYesterday = 1.5
/** Peaks a saw-tooth must show. */
const leastPeaks = 3

/**
 * When a volume or a memory limit fills, if it goes on as it went: the line through hourly medians of two days since the last big fall
 * (Theil-Sen); the last hours alone when they grow much faster than that and than a day before; the line through the peaks when the
 * course is a saw-tooth, which a cleaner or a collector empties again and again.
 * @param points oldest first; only the last two weeks count
 * @param limit in the series' unit
 */
export function forecast(points: readonly MetricPoint[], limit: number): Forecast {
  const last = points.at(-1)
  const hours = hourlyMedians(points.filter(({ at }) => last !== undefined && at > last.at - longWindow))
  const n = hours.length
  if (last === undefined || n < leastHours) return { fills: false, why: 'too little history', n }
  if (last.value >= limit) return { fills: false, why: 'full already', n }
  // Hours before the last reading are below zero.
  const places = hours.map(({ at, value }): Place => ({ x: (at - last.at) / hour, y: value }))
  const tops = peaks(places)
  if (tops.length >= leastPeaks) return widened(along(theilSen(tops, 1), limit, last, 'peaks', tops.length), last, tops)
  const since = places.slice(lastFall(places)).filter(({ x }) => x > -window / hour)
  if (since.length < leastHours) return { fills: false, why: 'too little history', n: since.length }
  const line = theilSen(since)
  const recent = since.slice(-recentHours)
  const late = theilSen(recent, 1)
  if (late !== undefined && line !== undefined && isNewCourse(late, line, places)) {
    return along({ ...late, least: late.slope / 2, most: late.slope * 2 }, limit, last, 'recent hours', recent.length)
  }
  return along(line, limit, last, 'hours', since.length)
}

/** A daily wave climbs fast each morning; a new course climbs faster than it did a day before. */
function isNewCourse(late: Line, line: Line, places: readonly Place[]): boolean {
  if (late.slope <= 0 || late.slope <= muchFaster * line.slope || late.least <= 0) return false
  const dayBefore = theilSen(places.filter(({ x }) => x <= -24 && x > -24 - recentHours))
  return dayBefore === undefined || late.slope > fasterThanYesterday * dayBefore.slope
}

/** Peaks come one a period: the one that crosses may be the one before or behind. */
function widened(found: Forecast, last: MetricPoint, tops: readonly Place[]): Forecast {
  if (!found.fills) return found
  const period = ((tops.at(-1)!.x - tops[0]!.x) / (tops.length - 1)) * hour
  return { ...found, earliest: Math.max(last.at, found.earliest - period), latest: found.latest + period }
}

function along(
  line: Line | undefined,
  limit: number,
  last: MetricPoint,
  by: (Forecast & { fills: true })['by'],
  n: number,
): Forecast {
  if (line === undefined) return { fills: false, why: 'too little history', n }
  if (line.least <= 0) return { fills: false, why: 'not growing', n }
  // A wave fills with its crest: nine of ten hours lie below the line that is followed.
  const [room, mostRoom] = [line.high, line.low].map((height) => Math.max(0, limit - height) * hour) as [number, number]
  const at = last.at + room / line.slope
  if (at > last.at + horizon) return { fills: false, why: 'not within 90 days', n }
  const [earliest, latest] = [last.at + room / line.most, last.at + mostRoom / line.least]
  return { fills: true, at, earliest, latest, by, rate: line.slope, n }
}
