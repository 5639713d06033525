import { toInstant } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool } from '../context.ts'

export const getApproval = defineTool({
  name: 'get_approval',
  title: 'Get an approval',
  description: 'How people decided about a plan. It counts for the plan with this planHash and no other.',
  effect: 'read',
  input: z.strictObject({ id: z.string().min(1).max(64).describe('id of request_approval') }),
  output: z.strictObject({
    id: z.string(),
    planHash: z.string(),
    state: z.enum(['pending', 'approved', 'denied', 'expired']),
    decidedBy: z.string().nullable().describe('Slack user id'),
    decidedAt: z.string().nullable(),
    how: z.enum(['button', 'reaction']).nullable(),
  }),
  async run({ id }, { approvals }) {
    const row = await approvals.get(id)
    return {
      id: row.id,
      planHash: row.plan_hash,
      state: row.state,
      decidedBy: row.decided_by,
      decidedAt: row.decided_at === null ? null : toInstant(row.decided_at),
      how: row.how,
    }
  },
})
