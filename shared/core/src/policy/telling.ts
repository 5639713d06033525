import { z } from 'zod'
import { Span } from './span.ts'

/**
 * How often a lasting incident is told again. SEV-3 is told once, SEV-4 never.
 * Defaults: updates every 15 and 30 minutes, and brief ones instead of the whole message within three hours of it, as the
 * project's first operator has them; then Alertmanager's repeat_interval.
 */
export const Cadence = z.strictObject({
  'SEV-1': Span.prefault('15m'),
  'SEV-2': Span.prefault('30m'),
  brief: Span.prefault('3h').describe('Within this of a whole message the same SEV is told in a line, not whole again'),
  repeat: Span.prefault('4h').describe('How often it is told whole once it has lasted longer than that'),
})

/** When an incident nobody acknowledges is told to somebody else, once for each SEV it reaches. */
export const Escalation = z.strictObject({
  'SEV-1': Span.prefault('30m'),
  'SEV-2': Span.prefault('2h'),
  channel: z.string().optional().describe('Where; the channel of SEV-1 when absent'),
})

/** When many incidents start in one look they are told in one digest for each channel. */
export const Storm = z.strictObject({
  over: z.int().min(1).default(10).describe('More incidents than this are a storm'),
  own: z.int().min(0).default(5).describe('SEV-1 incidents that keep a message of their own in a storm'),
})
