import { z } from 'zod'
import { defineTool } from '../context.ts'
import { CountsRow, MessageRow, showRows } from './message-rows.ts'

/** For each of the two lists. */
const rowBudget = 7_500

export const flushOutbox = defineTool({
  name: 'flush_outbox',
  title: 'Send what waits',
  description: 'Sends what waits, one message a second and channel, at most 15 s; call again while some wait.',
  effect: 'write',
  input: z.strictObject({ limit: z.int().min(1).max(50).default(20).describe('Most messages tried') }),
  output: z.strictObject({
    counts: CountsRow,
    delivered: z.array(MessageRow),
    waiting: z.array(MessageRow).describe('Oldest first'),
  }),
  async run({ limit }, { outbox, ways }) {
    const { sent, waiting, counts } = await outbox.flush(limit)
    return {
      counts,
      delivered: showRows(sent, ways, rowBudget),
      waiting: showRows(waiting, ways, rowBudget),
    }
  },
})
