import { randomBytes, randomUUID } from 'node:crypto'
import type { ApprovalFacts } from '@kubevigil/core/notify/approval'
import { renderVerdict } from '@kubevigil/core/notify/approval'
import { validateBlocks, type Message } from '@kubevigil/core/notify'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Sql } from '@kubevigil/store/open'
import { contentOf, enqueue, keyOf } from '../outbox/rows.ts'

export type ApprovalState = 'pending' | 'approved' | 'denied' | 'expired'

/** A row of the table, by the names of its columns. Times are milliseconds. */
export interface ApprovalRow {
  id: string
  plan_hash: string
  /** JSON of ApprovalFacts. */
  facts: string
  channel: string
  /** Only the buttons of its message hold it. */
  nonce: string
  root_key: string
  state: ApprovalState
  expires_at: number
  /** Slack user id; null while nobody has decided. */
  decided_by: string | null
  decided_at: number | null
  how: 'button' | 'reaction' | null
  created_at: number
}

/** An approval by its id; undefined when there is none. */
export function approvalOf(sql: Sql, id: string): ApprovalRow | undefined {
  return sql.get<ApprovalRow>('SELECT * FROM approval WHERE id = ?', id)
}

/** The approval that stands for a plan until its time is over: a plan is asked for once and decided once. */
export function approvalOfPlan(sql: Sql, planHash: string, now: number): ApprovalRow | undefined {
  return sql.get<ApprovalRow>(
    'SELECT * FROM approval WHERE plan_hash = ? AND expires_at > ? ORDER BY created_at DESC LIMIT 1',
    planHash,
    now,
  )
}

/**
 * Puts a question on disk with its message.
 * @param render makes the message, given the value of its buttons
 * @throws UserError when Slack would not take all of it
 */
export function openApproval(
  sql: Sql,
  facts: ApprovalFacts,
  channel: string,
  render: (press: string) => Message,
  now: number,
): ApprovalRow {
  const id = randomUUID()
  const nonce = randomBytes(16).toString('hex')
  const rootKey = keyOf(aboutOf(id), channel, 'root')
  const message = render(pressOf({ id, nonce, plan_hash: facts.planHash }))
  if (validateBlocks(message.blocks).length > 0) throw tooLong()
  sql.run(
    `INSERT INTO approval (id, plan_hash, facts, channel, nonce, root_key, state, expires_at, created_at)
     VALUES (@id, @planHash, @facts, @channel, @nonce, @rootKey, 'pending', @expiresAt, @now)`,
    {
      id,
      planHash: facts.planHash,
      facts: JSON.stringify(facts),
      channel,
      nonce,
      rootKey,
      expiresAt: facts.expiresAt,
      now,
    },
  )
  enqueue(sql, { key: rootKey, incident: aboutOf(id), kind: 'root', channel, ...message }, now)
  return approvalOf(sql, id)!
}

/** What the buttons of an approval's message carry: which approval, which plan, and what only they know. */
export function pressOf({ id, nonce, plan_hash }: Pick<ApprovalRow, 'id' | 'nonce' | 'plan_hash'>): string {
  return `${id}.${plan_hash}.${nonce}`
}

/** Closes a pending approval, and says so in its message. */
export function closeApproval(
  sql: Sql,
  row: ApprovalRow,
  end: { state: Exclude<ApprovalState, 'pending'>; by: string; at: number; how: ApprovalRow['how'] },
): void {
  const { changes } = sql.run(
    "UPDATE approval SET state = ?, decided_by = ?, decided_at = ?, how = ? WHERE id = ? AND state = 'pending'",
    end.state,
    end.by === '' ? null : end.by,
    end.at,
    end.how,
    row.id,
  )
  if (changes === 0) return
  const message = contentOf(renderVerdict(JSON.parse(row.facts) as ApprovalFacts, end))
  const { root_key: rootKey, channel } = row
  const about = aboutOf(row.id)
  enqueue(
    sql,
    { key: keyOf(about, channel, 'edit', end.state), incident: about, kind: 'edit', channel, rootKey, ...message },
    end.at,
  )
}

/** Closes what nobody decided in time. */
export function expireApprovals(sql: Sql, now: number): void {
  const over = sql.all<ApprovalRow>("SELECT * FROM approval WHERE state = 'pending' AND expires_at <= ?", now)
  for (const row of over) closeApproval(sql, row, { state: 'expired', by: '', at: row.expires_at, how: null })
}

/** When the last pending approval runs out; undefined when none is pending. */
export function lastPending(sql: Sql, now: number): number | undefined {
  const row = sql.get<{ at: number | null }>(
    "SELECT max(expires_at) AS at FROM approval WHERE state = 'pending' AND expires_at > ?",
    now,
  )
  return row?.at ?? undefined
}

/** The name under which the outbox keeps an approval's messages in order. */
export function aboutOf(id: string): string {
  return `approval ${id}`
}

function tooLong(): UserError {
  return new UserError(
    'plan-too-long',
    'The commands of this plan do not fit into one message whole, and nobody can agree to what is not shown.',
    'Ask for fewer or shorter commands at a time.',
  )
}
