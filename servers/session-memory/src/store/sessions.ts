import { estimateTokens, tokenFactor } from '@kubevigil/core/tokens'
import type { Sql } from '@kubevigil/store/open'

export const messageRoles = ['system', 'user', 'assistant', 'tool'] as const
export const importances = ['critical', 'normal', 'low'] as const

export interface NewMessage {
  role: (typeof messageRoles)[number]
  importance: (typeof importances)[number]
  pinned: boolean
  text: string
}

/** What a cycle adds to a conversation over many cycles. */
export interface NewSession {
  id: string
  /** The whole so far in the caller's words; null leaves the one before. */
  summary: string | null
  messages: readonly NewMessage[]
  /** Tokens the session may hold. */
  maxTokens: number
}

export interface StoredMessage extends NewMessage {
  id: number
  session: string
  cluster: string
  at: string
}

export interface StoredSession {
  id: string
  summary: string
  /** Messages that were dropped to keep within the limit. */
  dropped: number
  /** Oldest first. */
  messages: StoredMessage[]
}

/** Messages of a session are dropped from this part of its limit on, down to that part. */
const full = 0.8
const relieved = 0.5
/** So many of the newest messages stay, whatever they are. */
const newestKept = 50

const columns = 'id, session, cluster, at, role, importance, pinned, text'
type Row = Omit<StoredMessage, 'pinned'> & { pinned: number }

/**
 * Adds a cycle's messages to their session and drops old ones when it grows full. Texts must be redacted.
 * @returns how many messages were dropped
 */
export function keepSession(
  sql: Sql,
  { id, summary, messages, maxTokens }: NewSession,
  { cycle, cluster, at }: { cycle: number; cluster: string; at: string },
): number {
  sql.run(
    `INSERT INTO session (id, started_at, updated_at, summary) VALUES (@id, @at, @at, coalesce(@summary, ''))
     ON CONFLICT (id) DO UPDATE SET updated_at = @at, summary = coalesce(@summary, summary)`,
    { id, at, summary },
  )
  for (const { role, importance, pinned, text } of messages)
    sql.run(
      `INSERT INTO message (session, cycle, cluster, at, role, importance, pinned, tokens, text)
       VALUES (@id, @cycle, @cluster, @at, @role, @importance, @pinned, @tokens, @text)`,
      {
        id,
        cycle,
        cluster,
        at,
        role,
        importance,
        text,
        pinned: Number(pinned),
        tokens: Math.ceil(estimateTokens(text) * tokenFactor()),
      },
    )
  return relieve(sql, id, maxTokens)
}

/** Drops low messages, then normal ones, oldest first; never a system, pinned or critical one, nor one of the newest. */
function relieve(sql: Sql, session: string, maxTokens: number): number {
  let tokens = sql.get<{ sum: number | null }>('SELECT sum(tokens) AS sum FROM message WHERE session = ?', session)!.sum
  if (tokens === null || tokens <= maxTokens * full) return 0
  const droppable = sql.all<{ id: number; tokens: number }>(
    `SELECT id, tokens FROM message
     WHERE session = @session AND pinned = 0 AND role <> 'system' AND importance <> 'critical'
       AND id NOT IN (SELECT id FROM message WHERE session = @session ORDER BY id DESC LIMIT @newestKept)
     ORDER BY importance <> 'low', id`,
    { session, newestKept },
  )
  let dropped = 0
  for (const message of droppable) {
    if (tokens <= maxTokens * relieved) break
    sql.run('DELETE FROM message WHERE id = ?', message.id)
    tokens -= message.tokens
    dropped++
  }
  if (dropped > 0) sql.run('UPDATE session SET dropped = dropped + ? WHERE id = ?', dropped, session)
  return dropped
}

/** A session with its messages. */
export function sessionOf(sql: Sql, id: string): StoredSession | undefined {
  const row = sql.get<Omit<StoredSession, 'messages'>>('SELECT id, summary, dropped FROM session WHERE id = ?', id)
  if (row === undefined) return undefined
  const messages = sql.all<Row>(`SELECT ${columns} FROM message WHERE session = ? ORDER BY id`, id)
  return { ...row, messages: messages.map(fromRow) }
}

/** The newest pinned messages of any session, newest first. */
export function pinnedMessages(sql: Sql, cluster: string | undefined, limit: number): StoredMessage[] {
  const text = `SELECT ${columns} FROM message
    WHERE pinned = 1 AND (@cluster IS NULL OR cluster = @cluster) ORDER BY id DESC LIMIT @limit`
  return sql.all<Row>(text, { cluster: cluster ?? null, limit }).map(fromRow)
}

/** One message. */
export function messageById(sql: Sql, id: number): StoredMessage | undefined {
  const row = sql.get<Row>(`SELECT ${columns} FROM message WHERE id = ?`, id)
  return row === undefined ? undefined : fromRow(row)
}

/** Lets messages be forgotten like others. */
export function unpin(sql: Sql, ids: readonly number[]): void {
  sql.run('UPDATE message SET pinned = 0 WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
}

function fromRow(row: Row): StoredMessage {
  return { ...row, pinned: row.pinned === 1 }
}
