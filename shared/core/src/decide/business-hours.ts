import type { Policy } from '../policy.ts'
import { beginsAt, endsAt, inWords } from './calendar.ts'

type Hours = Policy['businessHours']

/** Whether business hours are on, and else when they begin (milliseconds; null when no day of the next 60 has any) and in words. */
export function businessHours(hours: Hours, now: number): { open: boolean; begin: number | null; next: string } {
  if (endsAt(hours, now) !== undefined) return { open: true, begin: null, next: '' }
  const begin = beginsAt(hours, now)
  if (begin === undefined) return { open: false, begin: null, next: 'the policy names no business day in the next 60' }
  const next = `it will be told from ${inWords(hours.timeZone, begin)} on if it lasts`
  return { open: false, begin, next }
}

/** The hours in words. */
export function describeHours({ days, from, to, timeZone }: Hours): string {
  return `${days.join(', ')} ${from} to ${to} ${timeZone}`
}
