import { createHash } from 'node:crypto'
import type { Block, Message } from '@kubevigil/core/notify'
import { validateBlocks } from '@kubevigil/core/notify'
import { redact } from '@kubevigil/core/redact'
import { day, second } from '@kubevigil/core/time'
import { log } from '@kubevigil/mcp-kit/log'
import type { Sql } from '@kubevigil/store/open'
import { slotOfRow } from './pace.ts'
import type { Kind, Row, Way } from './schema.ts'

export interface NewRow {
  key: string
  incident: string | null
  kind: Kind
  /** Slack when it is left out. */
  way?: Way
  channel: string
  rootKey?: string
  threadTs?: string
  broadcast?: boolean
  text: string
  /** Slack's blocks, or a card for Teams. */
  blocks: object | null
}

/** The identity of what is to be said: the same words in the same place for the same turn of an incident are one message. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** A rendered message as a row's content: blocks only if Slack will take them, because the words must get through. */
export function contentOf({ text, blocks }: Message): { text: string; blocks: Block[] | null } {
  const problems = validateBlocks(blocks)
  if (problems.length > 0)
    log('error', 'A message is over the limits of Slack and goes out as text alone', { problems })
  return { text, blocks: problems.length === 0 ? blocks : null }
}

/** Puts a message on disk, before anything is sent. A key that is there already changes nothing. */
export function enqueue(sql: Sql, row: NewRow, now: number): void {
  sql.run(
    `INSERT INTO outbox (key, incident, kind, way, channel, root_key, thread_ts, broadcast, text, blocks,
       state, reason, refusal, attempts, due_at, created_at)
     VALUES (@key, @incident, @kind, @way, @channel, @rootKey, @threadTs, @broadcast, @text, @blocks, 'waiting', '', '', 0, @now, @now)
     ON CONFLICT (key) DO NOTHING`,
    {
      key: row.key,
      incident: row.incident,
      kind: row.kind,
      way: row.way ?? 'slack',
      channel: row.channel,
      rootKey: row.rootKey ?? null,
      threadTs: row.threadTs ?? null,
      broadcast: row.broadcast === true ? 1 : 0,
      text: redact(row.text),
      blocks: row.blocks === null ? null : JSON.stringify(row.blocks),
      now,
    },
  )
}

/** The row of a key; undefined when there is none. */
export function rowOf(sql: Sql, key: string): Row | undefined {
  return sql.get<Row>('SELECT * FROM outbox WHERE key = ?', key)
}

/** Which rows a call is about: one incident's, one message, or all; of one way out, or of both. */
export interface Scope {
  incident?: string
  key?: string
  way?: Way
}

const inScope =
  '(@incident IS NULL OR incident = @incident) AND (@key IS NULL OR key = @key) AND (@way IS NULL OR way = @way)'

function scopeParameters({ incident, key, way }: Scope) {
  return { incident: incident ?? null, key: key ?? null, way: way ?? null }
}

/** Every row that waits, oldest first. */
export function waitingRows(sql: Sql, scope: Scope): Row[] {
  return sql.all<Row>(
    `SELECT * FROM outbox WHERE state = 'waiting' AND ${inScope} ORDER BY id LIMIT 200`,
    scopeParameters(scope),
  )
}

/** A row that waits, and when its channel may be called again. */
export interface NextRow extends Row {
  slot_at: number
}

/** The rows that may go next, what is due first and in order: what an incident says on one way is said in order, so only its oldest one. */
export function nextRows(sql: Sql, scope: Scope, now: number): NextRow[] {
  return sql.all<NextRow>(
    `SELECT *, ${slotOfRow} AS slot_at FROM outbox AS row WHERE state = 'waiting' AND ${inScope}
       AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
         WHERE earlier.state = 'waiting' AND earlier.way = row.way AND earlier.incident = row.incident
           AND earlier.id < row.id)
     ORDER BY max(due_at, slot_at, @now), id LIMIT 100`,
    { ...scopeParameters(scope), now },
  )
}

/** Makes refused rows due again: somebody may have invited the bot or corrected the token since. */
export function retryRefused(sql: Sql, scope: Scope, now: number): void {
  sql.run(
    `UPDATE outbox SET due_at = @now WHERE state = 'waiting' AND refusal <> '' AND lease IS NULL AND ${inScope}`,
    { ...scopeParameters(scope), now },
  )
}

/** How long after a doubtful attempt Slack may still be finishing it. */
const doubtMs = 2 * second

/** Makes everything due that somebody asks for now; what Slack may still be finishing waits, and so do channels it limits. */
export function retryAll(sql: Sql, now: number): void {
  sql.run(
    `UPDATE outbox SET due_at = min(due_at, @now) WHERE state = 'waiting' AND lease IS NULL
       AND (doubt_since IS NULL OR attempt_at <= @now - ${doubtMs})`,
    { now },
  )
}

/** How long what is settled is remembered. */
const kept = 30 * day

/** Forgets what was settled a month ago, except the messages of incidents still remembered. */
export function prune(sql: Sql, now: number): void {
  sql.run(
    'DELETE FROM incident WHERE resolved_at IS NOT NULL AND filed_revision IS NULL AND updated_at < ?',
    now - kept,
  )
  sql.run('DELETE FROM digest_member WHERE digest NOT IN (SELECT fingerprint FROM incident)')
  sql.run("DELETE FROM approval WHERE state <> 'pending' AND expires_at < ?", now - kept)
  sql.run(
    `DELETE FROM outbox WHERE state <> 'waiting' AND settled_at < ?
       AND (incident IS NULL OR incident NOT IN (SELECT fingerprint FROM incident))`,
    now - kept,
  )
}
