import { day, toMillis } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool } from '../context.ts'
import { placeName } from '../outbox/ways.ts'

/** A plan that is older has to be made anew, against the cluster as it is then. */
const longestMs = day

export const requestApproval = defineTool({
  name: 'request_approval',
  title: 'Ask people to approve a plan',
  description:
    'Asks people in Slack whether a plan may be carried out, once a plan; get_approval says how they decided.',
  effect: 'write',
  // The connection for buttons may take as long as the message.
  deadlineMs: 50_000,
  input: z.strictObject({
    title: z.string().min(1).max(300).describe('What will be done, in a few words'),
    planHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'give the sha256 of the plan in hex')
      .describe('sha256 of the plan, hex'),
    summary: z.string().max(1500).describe('Why, and what it touches'),
    commands: z.array(z.string().min(1).max(1000)).max(20).describe('All that will be done'),
    expiresAt: z.string().max(40).describe('ISO 8601, within a day'),
    channel: z.string().min(1).max(80).describe('Allowed channel'),
    requestedBy: z.string().min(1).max(80).describe('Slack user id, or name of a program'),
  }),
  output: z.strictObject({
    id: z.string(),
    state: z.enum(['pending', 'approved', 'denied', 'expired']),
    channel: z.string(),
    ts: z.string().nullable().describe('Null until it is sent'),
  }),
  async run({ channel, expiresAt: until, ...facts }, { approvals }) {
    const expiresAt = toMillis(until)
    const now = Date.now()
    if (expiresAt === undefined || expiresAt <= now || expiresAt > now + longestMs)
      throw new UserError(
        'bad-expiry',
        `expiresAt is "${until}", which is no instant within the next day.`,
        'Give the end of the plan, such as 2026-11-20T14:40:00Z; make the plan anew when it is over.',
      )
    const { approval, message } = await approvals.request({ ...facts, expiresAt }, channel)
    return { id: approval.id, state: approval.state, channel: placeName(message), ts: message.ts }
  },
})
