import type { IncidentState } from '@kubevigil/core/assessment'
import type { Sev } from '@kubevigil/core/policy'
import { flapsNow } from '@kubevigil/core/remember'
import { flapLooks } from '@kubevigil/core/trends/flapping'
import type { Sql } from '@kubevigil/store/open'
import type { StoredIncident } from './incidents.ts'
import type { ObservedIncident } from './memory.ts'
import { tellingAfter, writeTelling } from './telling.ts'

const columns = [
  'cluster, fingerprint, rule, title, root_kind, root_namespace, root_name, service, priority, sev, severity, impact, owners',
  'member_count, member_examples, facts, known, change, since, opened_at, last_seen, unread',
  'told_at, told_channel, told_ts, told_sev, telling, raised, looks, flapping',
].join(', ')
const fresh = columns
  .split(', ')
  .filter((column) => column !== 'cluster' && column !== 'fingerprint')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

const keep = `INSERT INTO incident (${columns}) VALUES (${columns.replaceAll(/\w+/g, '@$&')})
  ON CONFLICT (cluster, fingerprint) DO UPDATE SET
    ${fresh}, resolved_at = NULL, seen = seen + 1, episodes = episodes + @begins
  RETURNING id, @begins`

/**
 * Keeps what a cycle saw of an incident. What came back begins a new episode: its onset, and that somebody was told, count anew.
 * @param isFirstLook no earlier look could have shown it
 * @returns the row's id
 */
export function keepIncident(
  sql: Sql,
  cluster: string,
  { incident, assessment, state, change, told, unread }: ObservedIncident,
  before: StoredIncident | undefined,
  seenAt: string,
  isFirstLook: boolean,
): number {
  const begins = before === undefined || before.resolvedAt !== null
  const { root, members, affected, evidence, causes, nextSteps } = incident
  const telling = tellingAfter(before, { decision: assessment.decision, state }, told, begins, seenAt)
  const looks = before === undefined || state === 'new' ? (isFirstLook ? '1' : '01') : addLook(before.looks, true)
  const known = change ?? (begins ? null : before.change)
  const row = sql.get<{ id: number }>(keep, {
    begins: Number(begins),
    cluster,
    fingerprint: incident.fingerprint,
    rule: incident.rule,
    title: incident.title,
    root_kind: root.kind,
    root_namespace: root.namespace,
    root_name: root.name,
    service: assessment.service,
    priority: assessment.priority,
    sev: assessment.sev,
    severity: incident.severity,
    impact: assessment.impact,
    owners: JSON.stringify(assessment.owners),
    member_count: members.count,
    member_examples: JSON.stringify(members.examples),
    facts: JSON.stringify({ affected, evidence, causes, nextSteps, reasons: assessment.reasons }),
    known: assessment.known?.kind ?? null,
    change: known === null ? null : JSON.stringify(known),
    since: incident.since ?? assessment.since ?? (begins ? null : before.since),
    opened_at: begins ? seenAt : before.openedAt,
    last_seen: seenAt,
    unread: JSON.stringify(unread),
    ...writeTelling(telling),
    raised: assessment.raised === null ? null : JSON.stringify(assessment.raised),
    looks,
    flapping: Number(state === 'flapping' || (before !== undefined && flapsNow(before, true))),
  })
  return row!.id
}

/** Notes that a look would have shown an incident and did not. */
export function missIncident(sql: Sql, incident: StoredIncident): void {
  sql.run(
    'UPDATE incident SET looks = ?, flapping = ? WHERE id = ?',
    addLook(incident.looks, false),
    Number(flapsNow(incident, false)),
    incident.id,
  )
}

function addLook(looks: string, seen: boolean): string {
  return `${looks}${seen ? 1 : 0}`.slice(-flapLooks)
}

/** Notes what a cycle saw of an incident. */
export function observe(
  sql: Sql,
  cycle: number,
  incident: number,
  seen: { state: IncidentState; sev: Sev; members: number; delivery: string | null },
): void {
  sql.run(
    'INSERT INTO observation (cycle, incident, state, sev, member_count, delivery) VALUES (?, ?, ?, ?, ?, ?)',
    cycle,
    incident,
    seen.state,
    seen.sev,
    seen.members,
    seen.delivery,
  )
}
