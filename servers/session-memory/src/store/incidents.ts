import type { IncidentState } from '@kubevigil/core/assessment'
import type { Handling } from '@kubevigil/core/decide/handling'
import type { AffectedWorkload, ObjectRef } from '@kubevigil/core/incident'
import type { Priority, Sev } from '@kubevigil/core/policy'
import { reopenWithin, type RememberedIncident } from '@kubevigil/core/remember'
import { toInstant } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import type { ObservedIncident } from './memory.ts'
import { readHandling } from './said.ts'

/** An incident with what lists and texts show besides. */
export interface StoredIncident extends RememberedIncident {
  id: number
  cluster: string
  /** Cycles that saw it. */
  seen: number
  /** How often it began. */
  episodes: number
  known: string | null
  change: { repository: string; sha: string; url: string; score: number; confidence: string } | null
  handling: Handling
}

interface Row {
  id: number
  cluster: string
  fingerprint: string
  rule: string
  title: string
  root_kind: string
  root_namespace: string
  root_name: string
  service: string | null
  priority: Priority
  sev: Sev
  impact: string
  owners: string
  member_count: number
  member_examples: string
  known: string | null
  change: string | null
  since: string | null
  opened_at: string
  last_seen: string
  resolved_at: string | null
  seen: number
  episodes: number
  unread: string
  told_at: string | null
  told_channel: string | null
  told_ts: string | null
  told_sev: Sev | null
  acknowledgement: string | null
  silence: string | null
}

function fromRow(row: Row): StoredIncident {
  const { id, cluster, fingerprint, rule, title, service, priority, sev, impact, known, since, seen, episodes } = row
  const root: ObjectRef = { kind: row.root_kind, namespace: row.root_namespace, name: row.root_name }
  return {
    id,
    cluster,
    fingerprint,
    rule,
    title,
    root,
    service,
    priority,
    sev,
    impact,
    known,
    since,
    seen,
    episodes,
    owners: JSON.parse(row.owners) as string[],
    members: { count: row.member_count, examples: JSON.parse(row.member_examples) as string[] },
    change: row.change === null ? null : (JSON.parse(row.change) as StoredIncident['change']),
    openedAt: row.opened_at,
    lastSeen: row.last_seen,
    resolvedAt: row.resolved_at,
    unread: JSON.parse(row.unread) as string[],
    handling: readHandling(row),
    told:
      row.told_at === null || row.told_sev === null
        ? null
        : { at: row.told_at, channel: row.told_channel, ts: row.told_ts, sev: row.told_sev },
  }
}

/** Open incidents of a cluster, and those that a fault coming back would reopen. */
export function recentIncidents(sql: Sql, cluster: string, now: number): StoredIncident[] {
  const text = 'SELECT * FROM incident WHERE cluster = ? AND (resolved_at IS NULL OR resolved_at > ?)'
  return sql.all<Row>(text, cluster, toInstant(now - reopenWithin)).map(fromRow)
}

export interface IncidentFilter {
  state?: 'open' | 'resolved' | undefined
  cluster?: string | undefined
  service?: string | undefined
  limit: number
  /** The last incident of the page before. */
  after?: { resolved: 0 | 1; sev: string; id: number } | undefined
}

/** Incidents that match, open before resolved, gravest first, newest first within a SEV. */
export function listIncidents(sql: Sql, { state, cluster, service, limit, after }: IncidentFilter): StoredIncident[] {
  return sql
    .all<Row>(
      `SELECT * FROM incident
       WHERE (@resolved IS NULL OR (resolved_at IS NOT NULL) = @resolved)
         AND (@cluster IS NULL OR cluster = @cluster)
         AND (@service IS NULL OR service = @service)
         AND ((resolved_at IS NOT NULL), sev, -id) > (@afterResolved, @afterSev, @afterId)
       ORDER BY (resolved_at IS NOT NULL), sev, id DESC
       LIMIT @limit`,
      {
        resolved: state === undefined ? null : Number(state === 'resolved'),
        cluster: cluster ?? null,
        service: service ?? null,
        afterResolved: after?.resolved ?? -1,
        afterSev: after?.sev ?? '',
        afterId: after === undefined ? 0 : -after.id,
        limit,
      },
    )
    .map(fromRow)
}

/** How many incidents of a cluster are open. */
export function countOpen(sql: Sql, cluster: string): number {
  const text = 'SELECT count(*) AS open FROM incident WHERE cluster = ? AND resolved_at IS NULL'
  return sql.get<{ open: number }>(text, cluster)?.open ?? 0
}

const columns = [
  'cluster, fingerprint, rule, title, root_kind, root_namespace, root_name, service, priority, sev, severity, impact, owners',
  'member_count, member_examples, facts, known, change, since, opened_at, last_seen, unread',
  'told_at, told_channel, told_ts, told_sev',
].join(', ')
const fresh = columns
  .split(', ')
  .filter((column) => column !== 'cluster' && column !== 'fingerprint')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

/**
 * Keeps what a cycle saw of an incident. What came back begins a new episode: its onset, and that somebody was told, count anew.
 * @returns the row's id
 */
export function keepIncident(
  sql: Sql,
  cluster: string,
  { incident, assessment, state, change, told, unread }: ObservedIncident,
  before: StoredIncident | undefined,
  seenAt: string,
): number {
  const begins = before === undefined || state === 'new' || state === 'reopened'
  const { root, members, affected, evidence, causes, nextSteps } = incident
  const standing = told ?? (begins ? null : before.told)
  const known = change ?? (begins ? null : before.change)
  const row = sql.get<{ id: number }>(
    `INSERT INTO incident (${columns}) VALUES (${columns.replaceAll(/\w+/g, '@$&')})
     ON CONFLICT (cluster, fingerprint) DO UPDATE SET
       ${fresh}, resolved_at = NULL, seen = seen + 1, episodes = episodes + @begins
     RETURNING id, @begins`,
    {
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
      told_at: standing?.at ?? null,
      told_channel: standing?.channel ?? null,
      told_ts: standing?.ts ?? null,
      told_sev: standing?.sev ?? null,
    },
  )
  return row!.id
}

/** Closes an open incident. Who acknowledged it meant this episode, so that ends too. */
export function resolveIncident(sql: Sql, id: number, at: string): void {
  sql.run('UPDATE incident SET resolved_at = ?, acknowledgement = NULL WHERE id = ? AND resolved_at IS NULL', at, id)
}

/** Incidents of a fingerprint, one a cluster, or the one of a row id. */
export function findIncidents(
  sql: Sql,
  {
    fingerprint,
    id,
    cluster,
  }: { fingerprint?: string | undefined; id?: number | undefined; cluster?: string | undefined },
): StoredIncident[] {
  return sql
    .all<Row>(
      `SELECT * FROM incident
       WHERE (@id IS NULL OR id = @id) AND (@fingerprint IS NULL OR fingerprint = @fingerprint)
         AND (@cluster IS NULL OR cluster = @cluster)
       ORDER BY last_seen DESC LIMIT 20`,
      { id: id ?? null, fingerprint: fingerprint ?? null, cluster: cluster ?? null },
    )
    .map(fromRow)
}

/** What the latest look said of an incident beyond its row in lists. */
export interface Facts {
  affected: AffectedWorkload[]
  evidence: string[]
  causes: string[]
  nextSteps: string[]
  reasons: string[]
}

/** The facts of the latest sighting. */
export function factsOf(sql: Sql, id: number): Facts {
  return JSON.parse(sql.get<{ facts: string }>('SELECT facts FROM incident WHERE id = ?', id)!.facts) as Facts
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
