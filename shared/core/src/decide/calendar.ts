import { weekdays } from '../policy/calendar.ts'
import { day, minute, toInstant } from '../time.ts'

/** A wall clock time on a civil date, which is written as midnight UTC of that date. */
interface LocalTime {
  date: number
  /** HH:MM */
  clock: string
}

/** One for each zone a policy names: to make one takes longer than all that is asked of it in a look. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timeZone, made)
  return made
}

/** What the calendar and the clock of a time zone show at an instant. */
function localTime(timeZone: string, now: number): LocalTime {
  const format = formatOf(timeZone)
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    date: Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T00:00:00Z`),
    clock: `${parts['hour']}:${parts['minute']}`,
  }
}

/** The instant at which a time zone's clock shows a time: the first when it shows it twice, as long after the change when it skips it. */
export function instantOf(timeZone: string, { date, clock }: LocalTime): number {
  const wanted = date + minutesOf(clock) * minute
  // The offsets of the day before and after: a change of the clock lies between them.
  const instants = [wanted - day, wanted + day].map((near) => wanted - offsetAt(timeZone, near))
  return instants.find((instant) => instant + offsetAt(timeZone, instant) === wanted) ?? instants[0]!
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
interface WeeklyHours {
  timeZone: string
  days: readonly (typeof weekdays)[number][]
  from: string
  to: string
  /** Dates (YYYY-MM-DD) on which they do not begin. */
  holidays?: readonly string[]
}

/** When the hours that hold now end; undefined outside of them. */
export function endsAt(hours: WeeklyHours, now: number): number | undefined {
  const today = localTime(hours.timeZone, now).date
  return [today - day, today]
    .flatMap((date) => (begins(hours, date) ? spanOn(hours, date) : []))
    .find(({ begin, end }) => begin <= now && now < end)?.end
}

/** When hours begin next, after now; undefined when no day of the next 60 has any. */
export function beginsAt(hours: WeeklyHours, now: number): number | undefined {
  const today = localTime(hours.timeZone, now).date
  for (let ahead = 0; ahead <= 60; ahead++) {
    const date = today + ahead * day
    if (!begins(hours, date)) continue
    const { begin, end } = spanOn(hours, date)
    // The clock can skip them whole.
    if (begin > now && end > begin) return begin
  }
  return undefined
}

function spanOn({ timeZone, from, to }: WeeklyHours, date: number): { begin: number; end: number } {
  const last = to <= from ? date + day : date
  return { begin: instantOf(timeZone, { date, clock: from }), end: instantOf(timeZone, { date: last, clock: to }) }
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
