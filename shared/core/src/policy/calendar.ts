import { z } from 'zod'

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export const Weekday = z.enum(weekdays)

export const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write it as HH:MM')

export const TimeZone = z.string().refine(isTimeZone, 'is no IANA time zone, such as Europe/Berlin')

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
