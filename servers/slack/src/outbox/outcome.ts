import { minute, second } from '@kubevigil/core/time'
import { log } from '@kubevigil/mcp-kit/log'
import type { Store } from '@kubevigil/store/open'
import type { Failure } from '../slack/api.ts'
import { release, settle } from './leases.ts'
import { holdChannel, mostHoldMs } from './pace.ts'
import type { Row } from './schema.ts'

/** After an answer was lost, the other side gets this long to finish before it is asked again. */
const settleMs = 2 * second
const mostBackoffMs = 5 * minute
/** A refused row is tried again this much later, and at once by the next call about it. */
const refusedRetryMs = 15 * minute

/** Who sends, and where it is written down. */
export interface Holder {
  store: Store
  owner: string
  now: () => number
}

/** What came of sending one row. `again`: it was put back, changed or for want of its turn, and may be claimed anew. */
export type Sent = { outcome: 'sent' | 'dropped' | 'again' } | { outcome: 'failed'; failure: Failure }

/** Where a row's message stands; nulls where nobody tells, as Teams. */
export interface Standing {
  channelId: string | null
  ts: string | null
}

/** Closes a row that went out. */
export function finish({ store, now }: Holder, row: Row, standing: Standing): Sent {
  store.write((sql) => settle(sql, row, now(), { state: 'sent', ...standing }))
  return { outcome: 'sent' }
}

/** Closes a row that can no longer be said. */
export function drop({ store, now }: Holder, row: Row, reason: string): Sent {
  log('warn', 'A message can no longer be delivered', { key: row.key, kind: row.kind, reason })
  store.write((sql) => settle(sql, row, now(), { state: 'dropped', reason }))
  return { outcome: 'dropped' }
}

/** Puts a row back until it is worth another try. @param doubtSince since when the other side may have it; null: it has not */
export function giveBack({ store, owner, now }: Holder, row: Row, failure: Failure, doubtSince: number | null): Sent {
  const refused = failure.kind === 'refused'
  const reason = refused ? (failure.needed ?? '') : failure.reason
  const dueAt = now() + delayOf(failure, row.attempts)
  store.write((sql) => {
    release(sql, row, owner, { dueAt, doubtSince, reason, refusal: refused ? failure.code : '' })
    // What limits this message limits the others of its channel.
    if (failure.kind === 'unsent' && failure.retryAfterMs !== undefined) holdChannel(sql, row.channel, dueAt)
  })
  return { outcome: 'failed', failure }
}

function delayOf(failure: Failure, attempts: number): number {
  if (failure.kind === 'refused') return refusedRetryMs
  if (failure.kind === 'unsent' && failure.retryAfterMs !== undefined) return Math.min(failure.retryAfterMs, mostHoldMs)
  const backoff = Math.min(second * 2 ** Math.min(attempts - 1, 20), mostBackoffMs)
  return failure.kind === 'unsure' ? Math.max(settleMs, backoff) : backoff
}
