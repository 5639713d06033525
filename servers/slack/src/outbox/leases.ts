import type { Sql } from '@kubevigil/store/open'
import { requestTimeoutMs } from '../slack/api.ts'
import { isAlive } from './owner.ts'
import { takeSlot } from './pace.ts'
import { nextRows, type NextRow, type Scope } from './rows.ts'
import type { Row } from './schema.ts'

/** Longer than any one step of a sender takes; each step takes it anew. */
export const leaseMs = 3 * requestTimeoutMs

/** How often a row is looked at that another process is sending. */
const pollMs = 150

/** When a row may be claimed, in milliseconds. */
function freeAt(row: NextRow): number {
  return Math.max(row.slot_at, leaseEndOf(row))
}

function leaseEndOf(row: Row): number {
  if (row.lease === null) return row.due_at
  if (isAlive(row.lease)) return row.lease_until ?? 0
  // Its sender died, perhaps with a request on the way: Slack gets the time to finish before history is read.
  return row.doubt_since === null ? 0 : (row.attempt_at ?? 0) + requestTimeoutMs
}

/** Takes the first row that may go, for `owner` alone. */
export function claim(sql: Sql, scope: Scope, owner: string, now: number): Row | undefined {
  const row = nextRows(sql, scope, now).find((candidate) => freeAt(candidate) <= now)
  if (row === undefined) return undefined
  sql.run(
    'UPDATE outbox SET lease = ?, lease_until = ?, attempts = attempts + 1 WHERE id = ?',
    owner,
    now + leaseMs,
    row.id,
  )
  return { ...row, attempts: row.attempts + 1 }
}

/** When to look again, or undefined when nothing waits. */
export function wakeAt(sql: Sql, scope: Scope, now: number): number | undefined {
  const times = nextRows(sql, scope, now).map((row) =>
    row.lease === null ? freeAt(row) : Math.min(freeAt(row), now + pollMs),
  )
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The same for what nobody is sending: when the next row is due and its channel's turn has come. */
export function nextTurn(sql: Sql, scope: Scope, now: number): number | undefined {
  const times = nextRows(sql, scope, now)
    .filter(({ lease }) => lease === null)
    .map(freeAt)
  return times.length === 0 ? undefined : Math.min(...times)
}

/**
 * Notes that the row is about to be sent, so that a crash leaves a doubt and not a second message, and takes its channel's turn.
 * @returns false when it may not be sent now: the lease is no longer ours, or somebody else took the turn and the row waits on
 */
export function noteAttempt(sql: Sql, row: Row, owner: string, now: number): boolean {
  const held = sql.get("SELECT 1 FROM outbox WHERE id = ? AND lease = ? AND state = 'waiting'", row.id, owner)
  if (held === undefined) return false
  if (!takeSlot(sql, row, now)) {
    sql.run('UPDATE outbox SET lease = NULL, lease_until = NULL, attempts = attempts - 1 WHERE id = ?', row.id)
    return false
  }
  sql.run(
    `UPDATE outbox SET doubt_since = coalesce(doubt_since, @now), attempt_at = @now, lease_until = @until WHERE id = @id`,
    { id: row.id, now, until: now + leaseMs },
  )
  return true
}

/** Gives a row back to wait until `dueAt`. `doubtSince` null: Slack certainly does not have it. */
export function release(
  sql: Sql,
  row: Row,
  owner: string,
  why: { dueAt: number; doubtSince: number | null; reason: string; refusal?: string },
): void {
  sql.run(
    `UPDATE outbox SET lease = NULL, lease_until = NULL, due_at = @dueAt, doubt_since = @doubtSince,
       reason = @reason, refusal = @refusal WHERE id = @id AND lease = @owner`,
    {
      id: row.id,
      owner,
      dueAt: why.dueAt,
      doubtSince: why.doubtSince,
      reason: why.reason,
      refusal: why.refusal ?? '',
    },
  )
}

/** Closes a row: Slack has it, or it can no longer be said. */
export function settle(
  sql: Sql,
  row: Row,
  now: number,
  result: { state: 'sent'; channelId: string | null; ts: string | null } | { state: 'dropped'; reason: string },
): void {
  const sent = result.state === 'sent'
  sql.run(
    `UPDATE outbox SET state = @state, channel_id = @channelId, ts = @ts, reason = @reason, refusal = '',
       lease = NULL, lease_until = NULL, settled_at = @now WHERE id = @id`,
    {
      id: row.id,
      state: result.state,
      channelId: sent ? result.channelId : null,
      ts: sent ? result.ts : null,
      reason: sent ? '' : result.reason,
      now,
    },
  )
}
