import type { Handling } from '@kubevigil/core/decide/handling'
import type { AffectedWorkload, ObjectRef } from '@kubevigil/core/incident'
import type { Priority, Sev } from '@kubevigil/core/policy'
import { reopenWithin, type RememberedIncident } from '@kubevigil/core/remember'
import { toInstant } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import { readHandling } from './said.ts'
import { readTelling, type TellingRow } from './telling.ts'

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
  /** Fingerprint of the incident whose message covers it, by the last decision; null in a history to judge by. */
  coveredBy: string | null
}

interface Row extends TellingRow {
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
  raised: string | null
  looks: string
  flapping: number
  acknowledgement: string | null
  silence: string | null
  covered_by: string | null
}

const select = `SELECT *, (SELECT covered_by FROM decision WHERE decision.incident = incident.id ORDER BY decision.id DESC LIMIT 1) AS covered_by
  FROM incident`

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
    coveredBy: row.covered_by,
    raised: row.raised === null ? null : (JSON.parse(row.raised) as StoredIncident['raised']),
    looks: row.looks,
    flapping: row.flapping === 1,
    ...readTelling(row),
  }
}

/** Open incidents of a cluster, and those that a fault coming back would reopen. */
export function recentIncidents(sql: Sql, cluster: string, now: number): StoredIncident[] {
  // Who judges has no use for what covered it, and every cycle is judged.
  const text =
    'SELECT *, NULL AS covered_by FROM incident WHERE cluster = ? AND (resolved_at IS NULL OR resolved_at > ?)'
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
      `${select}
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
      `${select}
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
