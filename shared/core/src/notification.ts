import { z } from 'zod'
import { IncidentState } from './assessment.ts'
import { Confidence } from './change.ts'
import { Sev } from './policy.ts'

/** What notify_incident takes: typed facts; the words and their layout are made by code (`render` in notify.ts). */
export const Notification = z.strictObject({
  fingerprint: z.string().min(1).max(64).describe('Identity of the incident; one message each'),
  channel: z.string().min(1).max(80).describe('Channel as the assessment decided it'),
  sev: Sev.describe('As assessed'),
  state: IncidentState.describe('As assessed'),
  cluster: z.string().max(200).describe('Where'),
  service: z.string().max(200).describe('Service or workload that suffers'),
  title: z.string().max(500).describe('What is broken, in a few words'),
  impact: z.string().max(500).describe('In the words of its users; empty when unknown'),
  since: z.string().max(40).nullable().describe('Onset, ISO 8601'),
  cause: z.string().max(500).describe('The most likely cause in one sentence'),
  evidence: z.array(z.string().max(1000)).max(12).describe('Exact facts'),
  nextSteps: z.array(z.string().max(500)).max(6).describe('Commands or sentences'),
  rollback: z.array(z.string().max(500)).max(8).describe('How to undo the suspected change; empty without one'),
  change: z
    .strictObject({
      repository: z.string().max(512),
      sha: z.string().max(64),
      url: z.string().max(1024),
      title: z.string().max(300),
      confidence: Confidence,
    })
    .nullable()
    .describe('The suspected change; null when none was found or correlated'),
  owners: z.array(z.string().max(200)).max(10).describe('Who decides'),
})
export type Notification = z.output<typeof Notification>

/** What became of a notification. */
export const Delivery = z.strictObject({
  state: z
    .enum(['sent', 'updated', 'unchanged', 'resolved', 'queued', 'skipped'])
    .describe(
      'queued: kept on disk until Slack takes it; unchanged: the message already says this; skipped: there is nothing to resolve',
    ),
  channel: z.string().max(80).nullable(),
  ts: z.string().max(40).nullable().describe("Slack's id of the message; null until it is sent"),
  detail: z.string().max(500),
})
export type Delivery = z.output<typeof Delivery>
