import type { Forecast } from '../forecast.ts'
import { formatBytes, formatCores } from '../quantity.ts'
import { day, hour, humanSpan } from '../time.ts'
import type { Episode } from './episodes.ts'

/** What a series is called in a sentence. */
interface SeriesName {
  metric: string
  labels: Readonly<Record<string, string>>
  unit: string
}

/** `memory of shop/api-0`: the metric, and the most exact name its labels give. */
export function nameOf({ metric, labels }: Pick<SeriesName, 'metric' | 'labels'>): string {
  const { namespace, name, container, node } = labels
  const own = name ?? node ?? Object.values(labels).filter((value) => value !== namespace)[0]
  const object = [namespace, own, container].filter((part) => part !== undefined).join('/')
  return object === '' ? metric : `${metric} of ${object}`
}

/** An amount in the unit people use for it. */
export function amount(value: number, unit: string): string {
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'cores') return formatCores(value)
  const digits = Number(value.toPrecision(4))
  return unit === '' ? String(digits) : `${digits}${unit === 'percent' ? '%' : ` ${unit}`}`
}

/** What an on-call engineer wants to know of an anomaly: what it does, and what it used to do. */
export function anomalySentence(series: SeriesName, { kind, value, band, usual, n }: Episode): string {
  const own = nameOf(series)
  const now = amount(value, series.unit)
  const kept = `it kept to ${amount(band.low, series.unit)} to ${amount(band.high, series.unit)} over ${n} readings`
  switch (kind) {
    case 'high':
      return `${own} rose to ${now}; ${kept}.`
    case 'low':
      return `${own} fell to ${now}; ${kept}.`
    case 'jump':
      return `${own} jumped to ${now}, further at once than ever before; ${kept}.`
    case 'level':
      return `${own} stays at a level it never stayed at, now ${now}; ${kept}.`
    case 'hour':
      return `${own} is at ${now}, where ${usual === null ? 'another level' : amount(usual, series.unit)} is usual at this hour of the day.`
    case 'rough':
      return `${own} swings more than ever before, now ${now}; ${kept}.`
    case 'calm':
      return `${own} moves less than ever before, now ${now}; ${kept}.`
    case 'flat':
      return `${own} stands still at ${now}, longer than ever before.`
  }
}

/** When a series with a limit reaches it, or why nobody can say. */
export function forecastSentence(series: SeriesName, limit: number, found: Forecast, now: number): string {
  const own = nameOf(series)
  const full = amount(limit, series.unit)
  if (!found.fills) {
    switch (found.why) {
      case 'full already':
        return `${own} has reached its limit of ${full}.`
      case 'too little history':
        return `${own}: no forecast, ${found.n} hours of history are too few.`
      case 'not growing':
        return `${own}: no forecast, it does not grow for sure.`
      case 'not within 90 days':
        return `${own} stays below its limit of ${full} for 90 days and more.`
    }
  }
  const span = (at: number): string => roughSpan(Math.max(0, at - now))
  return `${own} reaches its limit of ${full} in about ${span(found.at)} (${span(found.earliest)} to ${span(found.latest)}).`
}

/** A span as rough as a forecast is: `3 days`, `2.5 days`, `5 hours`, `40m`. */
function roughSpan(millis: number): string {
  if (millis < 2 * hour) return humanSpan(millis)
  if (millis < 2 * day) return `${Math.round(millis / hour)} hours`
  const days = millis / day
  return `${days < 10 ? Math.round(days * 10) / 10 : Math.round(days)} days`
}
