import { z } from 'zod'
import { Priority, Sev } from './policy.ts'

/** Where an incident stands against what is remembered. */
export const IncidentState = z.enum(['new', 'ongoing', 'escalated', 'improved', 'reopened', 'flapping', 'resolved'])
export type IncidentState = z.output<typeof IncidentState>

/** What to do about it now. */
export const Decision = z.strictObject({
  notify: z.boolean().describe('Send a message now'),
  form: z
    .enum(['full', 'update', 'escalation', 'digest'])
    .nullable()
    .describe(
      'full: its own message; update: a line that it lasts; escalation: nobody took it; digest: with others in one',
    ),
  channel: z.string().max(80).nullable().describe('Where; null when nothing is sent'),
  next: z
    .string()
    .max(40)
    .nullable()
    .describe('Earliest it is told, or told again, if it lasts; null: only when it changes'),
  coveredBy: z.string().max(64).nullable().describe('Incident whose message covers this one'),
  reasons: z.array(z.string().max(400)).max(12).describe('Why, in order'),
})
export type Decision = z.output<typeof Decision>

export const Assessment = z.strictObject({
  fingerprint: z.string().max(64),
  state: IncidentState,
  sev: Sev,
  priority: Priority,
  service: z.string().max(200).nullable().describe('Name in the services file; null when it names none'),
  impact: z.string().max(500).describe('What users notice, in their words'),
  owners: z.array(z.string().max(200)).max(10),
  known: z
    .strictObject({ kind: z.string().max(40), note: z.string().max(300) })
    .nullable()
    .describe('Known behaviour it matches, which is no incident'),
  since: z.string().max(40).nullable(),
  downtimeSeconds: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .describe('How long nothing of it has been ready; 0 while it still serves'),
  toleranceSeconds: z.int().min(0).max(1_000_000_000),
  reasons: z.array(z.string().max(400)).max(12).describe('Why this SEV, in order'),
  raised: z
    .strictObject({ to: Sev, reason: z.string().max(300) })
    .nullable()
    .default(null)
    .describe('A caller found it worse than the rules do'),
  decision: Decision,
  told: z
    .strictObject({ at: z.string().max(40), channel: z.string().max(80).nullable(), ts: z.string().max(40).nullable() })
    .nullable()
    .describe('The message that stands about it; null when none was sent'),
})
export type Assessment = z.output<typeof Assessment>
