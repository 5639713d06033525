import { render, renderResolved } from '@kubevigil/core/notify'
import { incidentCard, resolvedCard } from '@kubevigil/core/notify/card'
import {
  isWorse,
  renderChanges,
  renderDetails,
  renderEscalation,
  renderMoved,
  renderReopened,
  renderResolution,
  renderUpdate,
} from '@kubevigil/core/notify/thread'
import type { Notification } from '@kubevigil/core/notification'
import { redactDeep } from '@kubevigil/core/redact'
import { day, toMillis } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import {
  dropWaiting,
  factsOf,
  incidentOf,
  isCardUnseen,
  isUnseen,
  remember,
  type IncidentRow,
  type Routing,
} from './incident-rows.ts'
import { calmWaiting, editElsewhere, openRoot, say, sayElsewhere, sayInTeams } from './saying.ts'
import { isDue, promise } from './updates.ts'
import { shownName } from '../slack/channel-policy.ts'
import { placeName } from './ways.ts'

/** An incident that comes back within this time goes on in its old thread. */
const reopenWithin = day

/** What was decided to say: a new message, a change of the one that stands, or nothing. */
export type Turn = 'root' | 'edit' | 'none' | 'unknown'

/** Notes a notification and what has to be said for it, in the caller's transaction. */
export function acceptNotification(sql: Sql, given: Notification, routing: Routing, now: number): Turn {
  const { policy } = routing
  const after = redactDeep({ ...given, channel: policy.place(given.channel) }) as Notification
  const known = incidentOf(sql, given.fingerprint)
  const ended = known?.resolved_at ?? null
  const open = (lastRevision: number, hasCard = true): Turn => tell(sql, after, { hasCard, lastRevision }, routing, now)
  if (known === undefined || (ended !== null && now - (toMillis(ended) ?? 0) >= reopenWithin))
    return open(known?.revision ?? 0)
  const before = factsOf(known)
  const isAsked = ended === null && isDue(known, before, after, now)
  if (ended === null && !isAsked && sameFacts(before, after)) return 'none'
  // Nobody has seen the old words yet: the new ones take their place.
  if (isUnseen(sql, known, routing)) {
    const hasCard = isWorse(before, after) || isCardUnseen(sql, known)
    dropWaiting(sql, known)
    return open(known.revision, hasCard)
  }
  // Who watches the channel of a worse severity has not seen the thread elsewhere.
  if (known.channel !== after.channel && (isWorse(before, after) || !policy.allows(known.channel))) {
    open(known.revision)
    if (policy.allows(known.channel)) say(sql, known, 'edit', renderMoved(after, shownName(after.channel)), now)
    return 'root'
  }
  // A cycle without a model takes no reading back.
  const here = { ...after, channel: known.channel, explanation: after.explanation || before.explanation }
  const next = remember(sql, { ...known, resolved_at: null }, here, now)
  change(sql, next, { before, after: here, channel: after.channel, ended, isAsked }, routing, now)
  if (isAsked || after.form === 'full') promise(sql, next, after.form, after.nextUpdate, now)
  return 'edit'
}

/** Notes the end of an incident and what has to be said for it, in the caller's transaction. */
export function acceptResolution(
  sql: Sql,
  { fingerprint, resolvedAt, note }: { fingerprint: string; resolvedAt: string; note: string },
  routing: Routing,
  now: number,
): Turn {
  const known = incidentOf(sql, fingerprint)
  if (known === undefined) return 'unknown'
  if (known.resolved_at !== null) return 'none'
  const facts = factsOf(known)
  const message = renderResolved(facts, resolvedAt, now, note)
  const card = resolvedCard(facts, resolvedAt, now, note)
  if (isUnseen(sql, known, routing)) {
    // It came and went while nobody could be told: one message tells both, and wakes nobody.
    dropWaiting(sql, known)
    const { channel } = known
    openRoot(
      sql,
      { fingerprint, kind: 'incident', channel, facts, message, card, hasCard: true },
      routing,
      known.revision,
      now,
    )
    sql.run('UPDATE incident SET resolved_at = ? WHERE fingerprint = ?', resolvedAt, fingerprint)
    return 'root'
  }
  const next = remember(sql, { ...known, resolved_at: resolvedAt }, facts, now)
  calmWaiting(sql, next)
  say(sql, next, 'edit', message, now)
  say(sql, next, 'reply', renderResolution(facts, resolvedAt, now, note), now)
  editElsewhere(sql, next, message, now)
  sayInTeams(sql, next, card, routing, now)
  return 'edit'
}

/** The incident's own message, with what it has no room for in its thread. */
function tell(
  sql: Sql,
  facts: Notification,
  { hasCard, lastRevision }: { hasCard: boolean; lastRevision: number },
  routing: Routing,
  now: number,
): Turn {
  const { fingerprint, channel } = facts
  const opening = { fingerprint, kind: 'incident', channel, facts } as const
  const root = { ...opening, message: render(facts, now), card: incidentCard(facts, now), hasCard }
  const row = openRoot(sql, root, routing, lastRevision, now)
  const details = renderDetails(facts)
  if (details !== undefined) say(sql, row, 'reply', details, now)
  promise(sql, row, 'full', facts.nextUpdate, now)
  return 'root'
}

/** Says in the message and its thread, and where it matters in Teams, what is different. */
function change(
  sql: Sql,
  row: IncidentRow,
  told: { before: Notification; after: Notification; channel: string; ended: string | null; isAsked: boolean },
  routing: Routing,
  now: number,
): void {
  const { before, ended, isAsked } = told
  const flaps = told.after.state === 'flapping'
  const after: Notification = ended === null || flaps ? told.after : { ...told.after, state: 'reopened' }
  const worse = ended === null && isWorse(before, after)
  // Everybody in the channel is told what wants somebody at once, or is told whole again.
  const isLoud = worse || (isAsked && after.form !== 'update')
  say(sql, row, 'edit', render(after, now), now)
  if (ended !== null && !flaps) say(sql, row, 'reply', renderReopened(after, ended, now), now, true)
  if (isAsked && after.form === 'escalation') escalate(sql, row, { before, after, asked: told.channel }, now)
  else if (isAsked || (ended !== null && flaps)) say(sql, row, 'reply', renderUpdate(before, after, now), now, isLoud)
  else {
    const changes = renderChanges(before, after)
    if (changes !== undefined) say(sql, row, 'reply', changes, now, worse)
  }
  // A card cannot be edited, so only these become another one.
  if (isLoud || (ended !== null && !flaps)) sayInTeams(sql, row, incidentCard(after, now), routing, now)
}

/** Says that nobody took an incident: in its thread and channel, and where the policy wants it said when that is elsewhere. */
function escalate(
  sql: Sql,
  row: IncidentRow,
  { before, after, asked }: { before: Notification; after: Notification; asked: string },
  now: number,
): void {
  say(sql, row, 'reply', renderEscalation(before, after, now), now, true)
  if (asked !== row.channel) sayElsewhere(sql, row, asked, renderEscalation(after, after, now, placeName(row)), now)
}

function sameFacts(before: Notification, after: Notification): boolean {
  return whatIsSo(before) === whatIsSo({ ...after, explanation: after.explanation || before.explanation })
}

/** State, channel and form are how it is told, not what is so: `new` becoming `ongoing` is no news. */
function whatIsSo(notification: Notification): string {
  return JSON.stringify({
    ...notification,
    state: undefined,
    channel: undefined,
    form: undefined,
    nextUpdate: undefined,
  })
}
