import { z } from 'zod'
import { toMillis } from '../time.ts'
import { Clock, TimeZone, Weekday } from './calendar.ts'
import { Selector } from './selector.ts'

/** What a window is about: the root of an incident must match. A missing field matches anything, `*` any run of characters. */
const WindowSelector = Selector.extend({
  cluster: z.string().optional(),
  service: z.string().optional().describe('Name of a service in the services file'),
})

const about = {
  reason: z.string().min(1).max(200).describe('What is done in it; stands in every decision it makes'),
  selectors: z.array(WindowSelector).min(1).describe('What it is about; one of them must match'),
}
const At = z.string().refine((text) => toMillis(text) !== undefined && /[zZ]|[+-]\d{2}:\d{2}$/.test(text), {
  message: 'write it as ISO 8601 with its zone, such as 2026-11-21T22:00:00Z',
})

/** A time in which nobody is told: once, or on certain days of every week. Severity and record stay as they are. */
export const MaintenanceWindow = z.union([
  z
    .strictObject({ ...about, from: At, to: At })
    .refine((window) => toMillis(window.from)! < toMillis(window.to)!, 'it ends before it begins'),
  z.strictObject({
    ...about,
    days: z.array(Weekday).min(1),
    from: Clock,
    to: Clock.describe('At or before from: past midnight, on the day after'),
    timeZone: TimeZone.default('UTC'),
  }),
])
export type MaintenanceWindow = z.output<typeof MaintenanceWindow>
