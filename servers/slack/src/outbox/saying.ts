import type { Card } from '@kubevigil/core/notify/card'
import { callOf, type Message } from '@kubevigil/core/notify'
import type { Sql } from '@kubevigil/store/open'
import { cardKeyOf, rowOfIncident, type IncidentRow, type Routing } from './incident-rows.ts'
import { contentOf, enqueue, keyOf, rowOf } from './rows.ts'
import type { Row } from './schema.ts'
import { firstWay, teamsPlace } from './ways.ts'

/** What a message is put up with: in Slack as `message`, in Teams as `card`. */
export interface Opening {
  fingerprint: string
  kind: IncidentRow['kind']
  channel: string
  facts: object
  message: Message
  card: Card
  /** Whether Teams, where it is the second way out, is told too; false: it was already. */
  hasCard: boolean
}

/** Puts up a message of its own: in Slack, or in Teams alone; with both, Teams gets a card besides. */
export function openRoot(
  sql: Sql,
  opening: Opening,
  { ways }: Routing,
  lastRevision: number,
  now: number,
): IncidentRow {
  const { fingerprint, kind, channel, facts, message, card, hasCard } = opening
  const revision = Math.max(lastRevision + 1, now)
  const key = keyOf(fingerprint, channel, 'root', revision, facts)
  const way = firstWay(ways)
  if (way === 'teams') queueCard(sql, fingerprint, { key, kind: 'root' }, card, now)
  else {
    enqueue(sql, { key, incident: fingerprint, kind: 'root', channel, ...contentOf(message) }, now)
    if (ways.teams && hasCard) queueCard(sql, fingerprint, { key: cardKeyOf(key), kind: 'message' }, card, now)
  }
  sql.run(
    `INSERT INTO incident (fingerprint, kind, channel, root_key, revision, facts, resolved_at, updated_at)
     VALUES (@fingerprint, @kind, @channel, @key, @revision, @facts, NULL, @now)
     ON CONFLICT (fingerprint) DO UPDATE SET channel = @channel, root_key = @key, revision = @revision,
       facts = @facts, resolved_at = NULL, update_due = 0, escalation_due = 0, updated_at = @now`,
    { fingerprint, kind, channel, key, revision, facts: JSON.stringify(facts), now },
  )
  return rowOfIncident(sql, fingerprint)!
}

/** Queues something about what has its message in Slack. A newer edit takes the place of one that has not gone out. */
export function say(
  sql: Sql,
  incident: IncidentRow,
  kind: 'edit' | 'reply',
  message: Message,
  now: number,
  broadcast = false,
): void {
  const { fingerprint, channel, root_key: rootKey, revision } = incident
  // Teams has neither edits nor threads.
  if (rowOf(sql, rootKey)?.way === 'teams') return
  if (kind === 'edit')
    sql.run("DELETE FROM outbox WHERE kind = 'edit' AND root_key = ? AND state = 'waiting' AND lease IS NULL", rootKey)
  const key = keyOf(fingerprint, channel, kind, revision, message)
  enqueue(sql, { key, incident: fingerprint, kind, channel, rootKey, broadcast, ...contentOf(message) }, now)
}

/** Queues a message about an incident in another channel than its own. */
export function sayElsewhere(sql: Sql, incident: IncidentRow, channel: string, message: Message, now: number): void {
  const { fingerprint, root_key: rootKey, revision } = incident
  if (rowOf(sql, rootKey)?.way === 'teams') return
  const key = keyOf(fingerprint, channel, 'message', revision, message)
  enqueue(sql, { key, incident: fingerprint, kind: 'message', channel, rootKey, ...contentOf(message) }, now)
}

/** Queues the edit of what was said about an incident in other channels. */
export function editElsewhere(sql: Sql, incident: IncidentRow, message: Message, now: number): void {
  const { fingerprint, root_key: rootKey, revision } = incident
  const rows = sql.all<Row>(
    "SELECT * FROM outbox WHERE incident = ? AND root_key = ? AND kind = 'message' AND state <> 'dropped'",
    fingerprint,
    rootKey,
  )
  for (const { key: messageKey, channel } of rows) {
    const key = keyOf(messageKey, 'edit', revision, message)
    enqueue(sql, { key, incident: fingerprint, kind: 'edit', channel, rootKey: messageKey, ...contentOf(message) }, now)
  }
}

/** An incident that has ended wakes nobody any more: what still waits for its thread loses its call, what waits for other channels goes. */
export function calmWaiting(sql: Sql, { fingerprint, root_key: rootKey }: IncidentRow): void {
  const waits =
    "incident = @fingerprint AND root_key = @rootKey AND state = 'waiting' AND doubt_since IS NULL AND lease IS NULL"
  const call = callOf({ sev: 'SEV-1' })
  sql.run(`DELETE FROM outbox WHERE kind = 'message' AND ${waits}`, { fingerprint, rootKey })
  sql.run(
    `UPDATE outbox SET broadcast = 0, text = replace(text, @call, ''), blocks = replace(blocks, @call, '')
       WHERE kind = 'reply' AND ${waits}`,
    { fingerprint, rootKey, call },
  )
}

/** Queues a card about an incident, where there is Teams. */
export function sayInTeams(
  sql: Sql,
  { fingerprint, revision }: IncidentRow,
  card: Card,
  { ways }: Routing,
  now: number,
): void {
  if (ways.teams)
    queueCard(sql, fingerprint, { key: keyOf(fingerprint, teamsPlace, revision, card), kind: 'message' }, card, now)
}

function queueCard(
  sql: Sql,
  incident: string,
  as: { key: string; kind: 'root' | 'message' },
  { summary, content }: Card,
  now: number,
): void {
  const row = { ...as, incident, way: 'teams', channel: teamsPlace, text: summary } as const
  enqueue(sql, { ...row, blocks: content }, now)
}
