import { weekdays } from '../policy/calendar.ts'
import { day, minute, toInstant } from '../time.ts'

/** A wall clock time on a civil date, which is written as midnight UTC of that date. */
export interface LocalTime {
  date: number
  /** HH:MM */
  clock: string
}

/** What the calendar and the clock of a time zone show at an instant. */
export function localTime(timeZone: string, now: number): LocalTime {
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

/** The instant at which a time zone's clock shows a time; where the clock is put forward past it, the same time before the change. */
export function instantOf(timeZone: string, { date, clock }: LocalTime): number {
  const wanted = date + minutesOf(clock) * minute
  // The offset belongs to the instant sought: taken twice, it is right on the days the clock changes, too.
  const guess = wanted - offsetAt(timeZone, wanted)
  return wanted - offsetAt(timeZone, guess)
}

/** How far a zone's clock is ahead of UTC, in milliseconds. */
function offsetAt(timeZone: string, instant: number): number {
  const { date, clock } = localTime(timeZone, instant)
  return date + minutesOf(clock) * minute - Math.floor(instant / minute) * minute
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number]
  return hours * 60 + minutes
}

/** Hours of certain days. When they end at or before they begin, they run past midnight and belong to the day they begin on. */
export interface WeeklyHours {
  timeZone: string
  days: readonly (typeof weekdays)[number][]
  from: string
  to: string
  /** Dates (YYYY-MM-DD) on which they do not begin. */
  holidays?: readonly string[]
}

/** When the hours that hold now end; undefined outside of them. */
export function endsAt(hours: WeeklyHours, now: number): number | undefined {
  const local = localTime(hours.timeZone, now)
  const overnight = hours.to <= hours.from
  const at = (date: number): number => instantOf(hours.timeZone, { date, clock: hours.to })
  if (begins(hours, local.date) && local.clock >= hours.from && (overnight || local.clock < hours.to))
    return at(local.date + (overnight ? day : 0))
  if (overnight && begins(hours, local.date - day) && local.clock < hours.to) return at(local.date)
  return undefined
}

/** When hours begin next, after now; undefined when no day of the next 60 has any. */
export function beginsAt(hours: WeeklyHours, now: number): number | undefined {
  const local = localTime(hours.timeZone, now)
  for (let ahead = 0; ahead <= 60; ahead++) {
    const date = local.date + ahead * day
    if (!begins(hours, date) || (ahead === 0 && local.clock >= hours.from)) continue
    return instantOf(hours.timeZone, { date, clock: hours.from })
  }
  return undefined
}

/** A civil moment in words: `tue 2026-11-24 09:00 Europe/Berlin`. */
export function inWords(timeZone: string, instant: number): string {
  const { date, clock } = localTime(timeZone, instant)
  return `${weekdayOf(date)} ${isoDate(date)} ${clock} ${timeZone}`
}

function begins({ days, holidays = [] }: WeeklyHours, date: number): boolean {
  return days.includes(weekdayOf(date)) && !holidays.includes(isoDate(date))
}

function weekdayOf(date: number): (typeof weekdays)[number] {
  return weekdays[new Date(date).getUTCDay()]!
}

function isoDate(date: number): string {
  return toInstant(date).slice(0, 10)
}
