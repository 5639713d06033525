import { clip, takeWithin } from '@kubevigil/core/budget'
import { plainLine } from '@kubevigil/core/notify/text'
import { toInstant } from '@kubevigil/core/time'
import { z } from 'zod'
import { whyOf } from '../outbox/reasons.ts'
import type { Row } from '../outbox/schema.ts'
import { placeName, type Ways } from '../outbox/ways.ts'

/** One message of the outbox as a tool shows it. */
export const MessageRow = z.strictObject({
  fingerprint: z.string().nullable().describe('Incident, digest or approval; null for post_message'),
  kind: z.enum(['root', 'edit', 'reply', 'message']),
  channel: z.string(),
  state: z.enum(['waiting', 'sent', 'dropped']),
  ts: z.string().nullable(),
  at: z.string().describe('Sent or dropped; while waiting: queued'),
  why: z.string().describe('Why it waits or was dropped'),
  text: z.string(),
})

export const CountsRow = z.strictObject({ waiting: z.int(), sent: z.int(), dropped: z.int() })

/** Rows as a tool shows them, as many as fit into `budget` characters. */
export function showRows(rows: readonly Row[], ways: Ways, budget: number): z.input<typeof MessageRow>[] {
  const shown = rows.map((row) => ({
    fingerprint: row.incident,
    kind: row.kind,
    channel: placeName(row).slice(0, 80),
    state: row.state,
    ts: row.ts,
    at: toInstant(row.settled_at ?? row.created_at),
    why: clip(whyOf(row, ways), 300),
    text: plainLine(row.text, 80),
  }))
  return takeWithin(shown, budget).kept
}
