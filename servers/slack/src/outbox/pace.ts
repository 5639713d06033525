import { hour } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import type { Row } from './schema.ts'
import { paceMs } from './ways.ts'

/** Longest a channel is kept to a Retry-After. A time further ahead is of a clock that was wrong. */
export const mostHoldMs = hour

/**
 * When the channel of `row` may be called again, as an SQL expression over `@now`; 0: at any time.
 * A channel is found by the name it was written with and by its id, because an allow-list may hold both.
 */
export const slotOfRow = `coalesce((SELECT max(next_at) FROM pace
  WHERE next_at <= @now + ${mostHoldMs}
    AND pace.channel IN (row.channel, (SELECT id FROM channel WHERE name = row.channel))), 0)`

/** Takes the channel's next turn for one call, in the caller's transaction. @returns false when it is taken already */
export function takeSlot(sql: Sql, { channel, way }: Pick<Row, 'channel' | 'way'>, now: number): boolean {
  const slot = sql.get<{ at: number }>(`SELECT ${slotOfRow} AS at FROM (SELECT @channel AS channel) AS row`, {
    channel,
    now,
  })
  if (slot !== undefined && slot.at > now) return false
  holdChannel(sql, channel, now + paceMs[way])
  return true
}

/** Lets nobody call the channel before `until`: our own pace, or what Slack's Retry-After says. */
export function holdChannel(sql: Sql, channel: string, until: number): void {
  sql.run(
    `INSERT OR REPLACE INTO pace (channel, next_at)
     SELECT @channel, @until UNION SELECT id, @until FROM channel WHERE name = @channel`,
    { channel, until },
  )
}
