import type { Policy } from '../policy.ts'
import { day, toInstant } from '../time.ts'

type Hours = Policy['businessHours']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/**
 * Whether business hours are on, in the operator's time zone, and else when they begin. A window whose end is not after its
 * begin runs past midnight and belongs to the day it begins on.
 */
export function businessHours(hours: Hours, now: number): { open: boolean; next: string } {
  const local = localTime(hours.timeZone, now)
  const isWorkday = (date: number): boolean =>
    hours.days.includes(weekdays[new Date(date).getUTCDay()]!) && !hours.holidays.includes(isoDate(date))
  const overnight = hours.to <= hours.from
  const today = isWorkday(local.date) && local.clock >= hours.from && (overnight || local.clock < hours.to)
  const sinceYesterday = overnight && isWorkday(local.date - day) && local.clock < hours.to
  if (today || sinceYesterday) return { open: true, next: '' }
  for (let ahead = 0; ahead <= 60; ahead++) {
    const date = local.date + ahead * day
    if (!isWorkday(date) || (ahead === 0 && local.clock >= hours.from)) continue
    const name = weekdays[new Date(date).getUTCDay()]!
    return {
      open: false,
      next: `it will be told from ${name} ${isoDate(date)} ${hours.from} ${hours.timeZone} on if it lasts`,
    }
  }
  return { open: false, next: 'the policy names no business day in the next 60' }
}

/** The hours in words. */
export function describeHours({ days, from, to, timeZone }: Hours): string {
  return `${days.join(', ')} ${from} to ${to} ${timeZone}`
}

/** The civil date (as midnight UTC) and wall clock (HH:MM) of an instant in a time zone. */
function localTime(timeZone: string, now: number): { date: number; clock: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    date: Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T00:00:00Z`),
    clock: `${parts['hour']}:${parts['minute']}`,
  }
}

function isoDate(date: number): string {
  return toInstant(date).slice(0, 10)
}
