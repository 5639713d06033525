import type { ApprovalFacts } from '@kubevigil/core/notify/approval'
import type { Sql } from '@kubevigil/store/open'
import { rowOf } from '../outbox/rows.ts'
import { approvalOf, closeApproval, pressOf, type ApprovalRow } from './rows.ts'

/** Who may decide. */
export interface ApprovalPolicy {
  /** Slack user ids. */
  approvers: readonly string[]
  /** Whether who asked may agree to it. */
  self: boolean
}

/** What somebody did in Slack, as Slack tells it: nothing of it comes from a tool call. */
export interface Vote {
  state: 'approved' | 'denied'
  user: string
  /** Where it was done. */
  channelId: string
  ts: string
  how: 'button' | 'reaction'
  /** The value of the pressed button; null for a reaction, which stands on the message itself. */
  press: string | null
}

/**
 * Takes a vote, in the caller's transaction: the first that counts closes the approval, whatever other processes do.
 * @returns why it does not count, for the log; undefined when it did
 */
export function decide(sql: Sql, id: string, vote: Vote, policy: ApprovalPolicy, now: number): string | undefined {
  const row = approvalOf(sql, id)
  if (row === undefined) return 'there is no such approval'
  const objection = objectionTo(sql, row, vote, policy, now)
  if (objection === undefined) closeApproval(sql, row, { state: vote.state, by: vote.user, at: now, how: vote.how })
  return objection
}

function objectionTo(sql: Sql, row: ApprovalRow, vote: Vote, policy: ApprovalPolicy, now: number): string | undefined {
  if (row.state !== 'pending') return `it is ${row.state} already`
  if (now >= row.expires_at) return 'its time is over'
  if (vote.press !== null && vote.press !== pressOf(row)) return 'the button is not one of its message'
  const message = rowOf(sql, row.root_key)
  if (message?.state !== 'sent' || message.channel_id !== vote.channelId || message.ts !== vote.ts)
    return 'it was not done on its message'
  if (!policy.approvers.includes(vote.user)) return 'this person is no approver'
  // Anybody may withdraw what they asked for; agreeing to it is another matter.
  const asked = (JSON.parse(row.facts) as ApprovalFacts).requestedBy
  if (vote.state === 'approved' && !policy.self && wordsIn(asked).includes(vote.user))
    return 'who asked may not agree to it'
  return undefined
}

/** What can be a user id in `U0123`, `<@U0123|ari>` or `Ari (U0123)`. */
function wordsIn(name: string): string[] {
  return name.toUpperCase().split(/[^A-Z0-9]+/)
}
