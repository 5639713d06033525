import type { Notification } from '@kubevigil/core/notification'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Sql } from '@kubevigil/store/open'
import type { ChannelPolicy } from '../slack/channel-policy.ts'
import { keyOf, rowOf } from './rows.ts'
import type { Row } from './schema.ts'
import { firstWay, type Ways } from './ways.ts'

/** What decides where something is said. */
export interface Routing {
  policy: ChannelPolicy
  ways: Ways
}

/** Something with a message of its own: an incident, or a digest of several. */
export interface IncidentRow {
  fingerprint: string
  kind: 'incident' | 'digest'
  channel: string
  root_key: string
  /** Grows with what was decided, so that saying A, B and A again is three things; never below the clock, so never used twice. */
  revision: number
  facts: string
  resolved_at: string | null
  /** The revision that its file tells; null without a file. */
  filed_revision: number | null
  /** Before these moments (milliseconds) another update, or another escalation, is the same one asked for again. */
  update_due: number
  escalation_due: number
}

/** An incident's or a digest's row by its name; undefined when there is none. */
export function rowOfIncident(sql: Sql, fingerprint: string): IncidentRow | undefined {
  return sql.get<IncidentRow>('SELECT * FROM incident WHERE fingerprint = ?', fingerprint)
}

/** @throws UserError when the fingerprint is the name of a digest */
export function incidentOf(sql: Sql, fingerprint: string): IncidentRow | undefined {
  const row = rowOfIncident(sql, fingerprint)
  if (row?.kind === 'digest')
    throw new UserError('digest-no-incident', `${fingerprint} is a digest.`, 'Name the fingerprint of an incident.')
  return row
}

/** Fields that notifications did not always have. */
type Later = 'form' | 'nextUpdate' | 'explanation' | 'covers'

/** The notification an incident was last told with; one that an earlier version wrote lacks what came later. */
export function factsOf({ facts }: IncidentRow): Notification {
  const stored = JSON.parse(facts) as Omit<Notification, Later> & Partial<Pick<Notification, Later>>
  const { form = 'full', nextUpdate = null, explanation = '', covers = 0 } = stored
  return { ...stored, form, nextUpdate, explanation, covers }
}

/** Notes what is so, with a revision of its own. */
export function remember(sql: Sql, known: IncidentRow, facts: object, now: number): IncidentRow {
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

/**
 * Whether nobody can have seen the message where it belongs: it certainly did not go out and nobody is sending it, or it went out
 * another way before the operator changed which ways there are.
 */
export function isUnseen(sql: Sql, { root_key }: IncidentRow, { ways }: Routing): boolean {
  const root = rowOf(sql, root_key)
  return root === undefined || root.way !== firstWay(ways) || waitsUntouched(root)
}

/** Whether the card besides the message has not gone out either. */
export function isCardUnseen(sql: Sql, { root_key }: IncidentRow): boolean {
  const card = rowOf(sql, cardKeyOf(root_key)) ?? rowOf(sql, root_key)
  return card?.way === 'teams' && waitsUntouched(card)
}

function waitsUntouched({ state, doubt_since, lease }: Row): boolean {
  return state === 'waiting' && doubt_since === null && lease === null
}

/** Takes back what was queued for a message that nobody has seen, its card included when that has not gone either. */
export function dropWaiting(sql: Sql, { root_key: rootKey }: IncidentRow): void {
  sql.run(
    `DELETE FROM outbox WHERE (key IN (@rootKey, @card) OR root_key = @rootKey)
       AND state = 'waiting' AND lease IS NULL AND (key <> @card OR doubt_since IS NULL)`,
    { rootKey, card: cardKeyOf(rootKey) },
  )
}

/** The key of the card that goes with a message in Slack. */
export function cardKeyOf(rootKey: string): string {
  return keyOf(rootKey, 'card')
}
