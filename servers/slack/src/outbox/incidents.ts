import type { Message } from '@kubevigil/core/notify'
import { render, renderResolved } from '@kubevigil/core/notify'
import { isWorse, renderChanges, renderMoved, renderReopened, renderResolution } from '@kubevigil/core/notify/thread'
import type { Notification } from '@kubevigil/core/notification'
import { redactDeep } from '@kubevigil/core/redact'
import { day, toMillis } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import type { ChannelPolicy } from '../slack/channel-policy.ts'
import { contentOf, enqueue, keyOf, rowOf } from './rows.ts'
import type { Kind } from './schema.ts'

/** An incident that comes back within this time goes on in its old thread. */
const reopenWithin = day

/** What was decided to say: a new message, a change of the one that stands, or nothing. */
export type Turn = 'root' | 'edit' | 'none' | 'unknown'

interface IncidentRow {
  fingerprint: string
  channel: string
  root_key: string
  /** Grows with what was decided, so that saying A, B and A again is three things; never below the clock, so never used twice. */
  revision: number
  facts: string
  resolved_at: string | null
  /** The revision that its file tells; null without a file. */
  filed_revision: number | null
}

/** Notes a notification and what has to be said for it, in the caller's transaction. */
export function acceptNotification(sql: Sql, given: Notification, policy: ChannelPolicy, now: number): Turn {
  const after = redactDeep({ ...given, channel: policy.place(given.channel) }) as Notification
  const known = incidentOf(sql, given.fingerprint)
  const ended = known?.resolved_at ?? null
  if (known === undefined || (ended !== null && now - (toMillis(ended) ?? 0) >= reopenWithin)) {
    openRoot(sql, after, known?.revision ?? 0, now)
    return 'root'
  }
  const before = JSON.parse(known.facts) as Notification
  if (ended === null && sameFacts(before, after)) return 'none'
  // Nobody has seen the old words yet: the new ones take their place.
  if (isUnseen(sql, known)) {
    dropWaiting(sql, known)
    openRoot(sql, after, known.revision, now)
    return 'root'
  }
  // Who watches the channel of a worse severity has not seen the thread elsewhere.
  if (known.channel !== after.channel && (isWorse(before, after) || !policy.allows(known.channel))) {
    openRoot(sql, after, known.revision, now)
    if (policy.allows(known.channel)) say(sql, known, 'edit', renderMoved(after, after.channel), now)
    return 'root'
  }
  const here = { ...after, channel: known.channel }
  const next = remember(sql, { ...known, resolved_at: null }, here, now)
  say(sql, next, 'edit', render(ended === null ? here : { ...here, state: 'reopened' }, now), now)
  if (ended !== null) say(sql, next, 'reply', renderReopened(here, ended, now), now, true)
  const changes = renderChanges(before, here)
  if (changes !== undefined) say(sql, next, 'reply', changes, now, ended === null && isWorse(before, here))
  return 'edit'
}

/** Notes the end of an incident and what has to be said for it, in the caller's transaction. */
export function acceptResolution(
  sql: Sql,
  { fingerprint, resolvedAt, note }: { fingerprint: string; resolvedAt: string; note: string },
  now: number,
): Turn {
  const known = incidentOf(sql, fingerprint)
  if (known === undefined) return 'unknown'
  if (known.resolved_at !== null) return 'none'
  const facts = JSON.parse(known.facts) as Notification
  const next = remember(sql, { ...known, resolved_at: resolvedAt }, facts, now)
  const message = renderResolved(facts, resolvedAt, now, note)
  if (isUnseen(sql, known)) {
    // It came and went while Slack was away: one message tells both, and wakes nobody.
    dropWaiting(sql, known)
    const key = keyOf(fingerprint, known.channel, 'root', next.revision, message)
    enqueue(sql, { key, incident: fingerprint, kind: 'root', channel: known.channel, ...contentOf(message) }, now)
    sql.run('UPDATE incident SET root_key = ? WHERE fingerprint = ?', key, fingerprint)
    return 'root'
  }
  say(sql, next, 'edit', message, now)
  say(sql, next, 'reply', renderResolution(facts, resolvedAt, now, note), now)
  return 'edit'
}

/** The row that is an incident's message in its channel. */
export function rootKeyOf(sql: Sql, fingerprint: string): string | undefined {
  return incidentOf(sql, fingerprint)?.root_key
}

function incidentOf(sql: Sql, fingerprint: string): IncidentRow | undefined {
  return sql.get<IncidentRow>('SELECT * FROM incident WHERE fingerprint = ?', fingerprint)
}

function sameFacts(before: Notification, after: Notification): boolean {
  return factsOf(before) === factsOf(after)
}

/** State and channel are how it is told, not what is so: `new` becoming `ongoing` is no news. */
function factsOf(notification: Notification): string {
  return JSON.stringify({ ...notification, state: undefined, channel: undefined })
}

function openRoot(sql: Sql, facts: Notification, lastRevision: number, now: number): void {
  const revision = Math.max(lastRevision + 1, now)
  const message = render(facts, now)
  const { fingerprint, channel } = facts
  const key = keyOf(fingerprint, channel, 'root', revision, facts)
  enqueue(sql, { key, incident: fingerprint, kind: 'root', channel, ...contentOf(message) }, now)
  sql.run(
    `INSERT INTO incident (fingerprint, channel, root_key, revision, facts, resolved_at, updated_at)
     VALUES (@fingerprint, @channel, @key, @revision, @facts, NULL, @now)
     ON CONFLICT (fingerprint) DO UPDATE SET channel = @channel, root_key = @key, revision = @revision,
       facts = @facts, resolved_at = NULL, updated_at = @now`,
    { fingerprint, channel, key, revision, facts: JSON.stringify(facts), now },
  )
}

function remember(sql: Sql, known: IncidentRow, facts: Notification, now: number): IncidentRow {
  const next = { ...known, facts: JSON.stringify(facts), revision: Math.max(known.revision + 1, now) }
  sql.run(
    'UPDATE incident SET facts = ?, resolved_at = ?, revision = ?, updated_at = ? WHERE fingerprint = ?',
    next.facts,
    next.resolved_at,
    next.revision,
    now,
    next.fingerprint,
  )
  return next
}

/** Queues something about an incident that has its message. A newer edit takes the place of one that has not gone out. */
function say(sql: Sql, incident: IncidentRow, kind: Kind, message: Message, now: number, broadcast = false): void {
  const { fingerprint, channel, root_key: rootKey, revision } = incident
  if (kind === 'edit')
    sql.run("DELETE FROM outbox WHERE kind = 'edit' AND root_key = ? AND state = 'waiting' AND lease IS NULL", rootKey)
  const key = keyOf(fingerprint, channel, kind, revision, message)
  enqueue(sql, { key, incident: fingerprint, kind, channel, rootKey, broadcast, ...contentOf(message) }, now)
}

/** Whether Slack certainly does not have the incident's message, and nobody is sending it. */
function isUnseen(sql: Sql, { root_key }: IncidentRow): boolean {
  const root = rowOf(sql, root_key)
  return root === undefined || (root.state === 'waiting' && root.doubt_since === null && root.lease === null)
}

/** Takes back what was queued for a message that nobody has seen. */
function dropWaiting(sql: Sql, { root_key: rootKey }: IncidentRow): void {
  sql.run("DELETE FROM outbox WHERE (key = @rootKey OR root_key = @rootKey) AND state = 'waiting' AND lease IS NULL", {
    rootKey,
  })
}
