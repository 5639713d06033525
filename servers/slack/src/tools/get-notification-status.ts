import { z } from 'zod'
import { defineTool } from '../context.ts'
import type { Row } from '../outbox/schema.ts'
import type { Place } from '../outbox/status.ts'
import { CountsRow, MessageRow, showRows } from './message-rows.ts'

const rowBudget = 15_000

export const getNotificationStatus = defineTool({
  name: 'get_notification_status',
  title: 'Get notification status',
  description: 'What waits for Slack or Teams and why, then what was sent, newest first; works while they are away.',
  effect: 'read',
  input: z.strictObject({
    fingerprint: z.string().min(1).max(64).optional().describe('Only this incident'),
    limit: z.int().min(1).max(50).default(20).describe('Most rows'),
    cursor: z
      .string()
      .regex(/^[ws]\d{1,15}$/, 'take nextCursor of the page before')
      .optional()
      .describe('nextCursor of before'),
  }),
  output: z.strictObject({
    counts: CountsRow,
    messages: z.array(MessageRow),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  }),
  async run({ fingerprint, limit, cursor }, { outbox, ways }) {
    const { rows, counts } = outbox.status({ fingerprint, limit: limit + 1, after: readCursor(cursor) })
    const messages = showRows(rows.slice(0, limit), ways, rowBudget)
    const last = rows[messages.length - 1]
    return { counts, messages, nextCursor: last !== undefined && rows.length > messages.length ? cursorOf(last) : null }
  },
})

function cursorOf({ state, id }: Row): string {
  return `${state === 'waiting' ? 'w' : 's'}${id}`
}

function readCursor(cursor: string | undefined): Place | undefined {
  return cursor === undefined ? undefined : { waits: cursor.startsWith('w'), id: Number(cursor.slice(1)) }
}
