import { z } from 'zod'
import { IncidentState } from './assessment.ts'
import { Confidence } from './change.ts'
import { Sev } from './policy.ts'

/**
 * How an incident is told: its own message (new, worse, reopened), a line that it lasts (cadence), or that nobody took it in time.
 * The fourth form of a decision, the digest, has a tool of its own.
 */
export const NotificationForm = z.enum(['full', 'update', 'escalation'])
export type NotificationForm = z.output<typeof NotificationForm>

/** What notify_incident takes: typed facts; the words and their layout are made by code (`render` in notify.ts). */
export const Notification = z.strictObject({
  fingerprint: z.string().min(1).max(64).describe('One message each'),
  channel: z.string().min(1).max(80).describe('As decided'),
  sev: Sev.describe('As assessed'),
  state: IncidentState.describe('As assessed'),
  form: NotificationForm.default('full').describe('As decided'),
  nextUpdate: z.string().max(40).nullable().default(null).describe('next, as decided'),
  cluster: z.string().max(200).describe('Where'),
  service: z.string().max(200).describe('What suffers'),
  title: z.string().max(500).describe('What is broken'),
  impact: z.string().max(500).describe('For its users; empty when unknown'),
  since: z.string().max(40).nullable().describe('Onset, ISO 8601'),
  cause: z.string().max(500).describe('In one sentence'),
  evidence: z.array(z.string().max(1000)).max(12).describe('Exact facts'),
  nextSteps: z.array(z.string().max(500)).max(6).describe('Commands or sentences'),
  rollback: z.array(z.string().max(500)).max(8).describe('How to undo the change'),
  change: z
    .strictObject({
      repository: z.string().max(512),
      sha: z.string().max(64),
      url: z.string().max(1024),
      title: z.string().max(300),
      confidence: Confidence,
    })
    .nullable()
    .describe('The suspected one; null without'),
  owners: z.array(z.string().max(200)).max(10).describe('Who decides'),
  explanation: z.string().max(1500).default('').describe('Your reading, shown as such in the thread'),
  covers: z.int().min(0).max(100_000).default(0).describe('Incidents told with this one'),
})
export type Notification = z.output<typeof Notification>

/** An incident as one line of a digest. */
export const DigestIncident = z.strictObject({
  fingerprint: z.string().min(1).max(64),
  sev: Sev,
  title: z.string().max(500),
  service: z.string().max(200),
  since: z.string().max(40).nullable(),
})
export type DigestIncident = z.output<typeof DigestIncident>

/** What notify_digest takes: incidents that are told together, in one message. */
export const Digest = z.strictObject({
  channel: z.string().min(1).max(80).describe('As decided'),
  cluster: z.string().max(200).describe('Where'),
  why: z.enum(['storm', 'business-hours']).describe('storm: many began at once'),
  incidents: z.array(DigestIncident).min(1).max(50).describe('Worst first'),
  omitted: z.int().min(0).max(100_000).default(0).describe('Incidents beyond these'),
})
export type Digest = z.output<typeof Digest>

/** What became of a notification. */
export const Delivery = z.strictObject({
  state: z
    .enum(['sent', 'updated', 'unchanged', 'resolved', 'queued', 'skipped'])
    .describe(
      'queued: kept on disk until it is taken; unchanged: the message already says this; skipped: there is nothing to resolve',
    ),
  // A name of Slack's longest, and its #.
  channel: z.string().max(81).nullable(),
  ts: z.string().max(40).nullable().describe("Slack's id of the message; null until it is sent"),
  detail: z.string().max(500),
})
export type Delivery = z.output<typeof Delivery>
