import { day, minute } from '../time.ts'

/** Names cron takes for months and weekdays. */
const names: Record<string, number> = Object.fromEntries([
  ...['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
    (name, index) => [name, index + 1] as const,
  ),
  ...['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((name, index) => [name, index] as const),
])
const shorthands: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const bounds = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
/** How far back a run is looked for; rarer schedules are not judged. */
const horizon = 62 * day

/**
 * The times a cron schedule (robfig/cron, as CronJobs use it) was due after `after` and not later than `until`, in UTC,
 * newest first and at most `most`.
 * @returns undefined when the schedule cannot be read
 */
export function dueTimes(schedule: string, after: number, until: number, most: number): number[] | undefined {
  const fields = (shorthands[schedule.trim()] ?? schedule).trim().split(/\s+/)
  if (fields.length !== 5) return undefined
  const sets = fields.map((field, index) => valuesOf(field, bounds[index]![0], bounds[index]![1]))
  if (sets.includes(undefined)) return undefined
  const [minutes, hours, days, months, weekdays] = sets as Set<number>[]
  // Cron's oddity: when both day fields are restricted, either may match.
  const bothDays = fields[2] !== '*' && fields[4] !== '*'

  const due: number[] = []
  let at = Math.floor(until / minute) * minute
  const end = Math.max(after, until - horizon)
  while (at > end && due.length < most) {
    const date = new Date(at)
    const onDay = days!.has(date.getUTCDate())
    const onWeekday = weekdays!.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays!.has(7))
    const matches = months!.has(date.getUTCMonth() + 1) && (bothDays ? onDay || onWeekday : onDay && onWeekday)
    if (!matches) {
      at = Math.floor(at / day) * day - minute
      continue
    }
    if (hours!.has(date.getUTCHours()) && minutes!.has(date.getUTCMinutes())) due.push(at)
    at -= minute
  }
  return due
}

function valuesOf(field: string, low: number, high: number): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part)
    if (match === null) return undefined
    const any = match[1] === '*' || match[1] === '?'
    const from = any ? low : numberOf(match[1]!)
    const step = Number(match[3] ?? 1)
    const to = match[2] === undefined ? (any || match[3] !== undefined ? high : from) : numberOf(match[2])
    if (from === undefined || to === undefined || step < 1 || from < low || to > high) return undefined
    for (let value = from; value <= to; value += step) values.add(value)
  }
  return values
}

function numberOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : names[text.toLowerCase()]
}
