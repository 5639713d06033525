import type { IncidentState } from '@kubevigil/core/assessment'
import type { ObjectRef } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'

/** A cycle as comparisons need it. */
export interface ComparedCycle {
  id: number
  cluster: string
  startedAt: string
  coverage: Coverage[]
}

/** What a look had shown of an incident by some cycle. */
export interface Standing {
  sev: Sev
  members: number
}

/** Where one incident stood by two cycles. */
export interface Stand {
  fingerprint: string
  title: string
  service: string | null
  root: ObjectRef
  /** Null when it was not open by the first cycle. */
  before: Standing | null
  after: Standing
  /** How it began between the two, when it did; the last time counts. */
  begun: 'new' | 'reopened' | null
  /** The second cycle saw it. */
  seen: boolean
  /** It was over by the second cycle. */
  over: boolean
}

/** A cycle by its number. */
export function cycleById(sql: Sql, id: number): ComparedCycle | undefined {
  const row = sql.get<Omit<ComparedCycle, 'coverage'> & { coverage: string }>(
    'SELECT id, cluster, started_at AS startedAt, coverage FROM cycle WHERE id = ?',
    id,
  )
  return row === undefined ? undefined : { ...row, coverage: JSON.parse(row.coverage) as Coverage[] }
}

/** Numbers of the newest cycles of a cluster up to one, newest first; the cluster of the newest cycle when none is named. */
export function newestCycles(sql: Sql, cluster: string | undefined, upTo: number | undefined, limit: number): number[] {
  const text = `SELECT id FROM cycle
    WHERE cluster = coalesce(@cluster, (SELECT cluster FROM cycle ORDER BY id DESC LIMIT 1)) AND id <= @upTo
    ORDER BY id DESC LIMIT @limit`
  const rows = sql.all<{ id: number }>(text, { cluster: cluster ?? null, upTo: upTo ?? Number.MAX_SAFE_INTEGER, limit })
  return rows.map((row) => row.id)
}

interface Row {
  fingerprint: string
  title: string
  service: string | null
  root_kind: string
  root_namespace: string
  root_name: string
  before_state: IncidentState | null
  before_sev: Sev
  before_members: number
  before_closed: number
  state: IncidentState
  sev: Sev
  members: number
  closed: number
  begun: 'new' | 'reopened' | null
  seen: number
}

/**
 * Every incident of a cluster that was open by the first of two cycles, or seen after it and up to the second. An incident stays
 * open, as it was last seen, until a look or a person ended it: not being seen ends nothing.
 */
export function standsOf(sql: Sql, cluster: string, from: number, to: number): Stand[] {
  return sql
    .all<Row>(
      `WITH last AS (
         SELECT id,
           (SELECT max(cycle) FROM observation WHERE incident = incident.id AND cycle <= @from) AS before,
           (SELECT max(cycle) FROM observation WHERE incident = incident.id AND cycle <= @to) AS after
         FROM incident WHERE cluster = @cluster
       )
       SELECT fingerprint, title, service, root_kind, root_namespace, root_name,
         then_seen.state AS before_state, then_seen.sev AS before_sev, then_seen.member_count AS before_members,
         EXISTS (SELECT 1 FROM event WHERE incident = last.id AND action = 'resolve' AND cycle >= last.before AND cycle < @from)
           AS before_closed,
         now_seen.state, now_seen.sev, now_seen.member_count AS members, last.after = @to AS seen,
         EXISTS (SELECT 1 FROM event WHERE incident = last.id AND action = 'resolve' AND cycle >= last.after AND cycle < @to)
           AS closed,
         (SELECT state FROM observation
          WHERE incident = last.id AND cycle > @from AND cycle <= @to AND state IN ('new', 'reopened')
          ORDER BY cycle DESC LIMIT 1) AS begun
       FROM last JOIN incident USING (id)
         JOIN observation AS now_seen ON now_seen.incident = last.id AND now_seen.cycle = last.after
         LEFT JOIN observation AS then_seen ON then_seen.incident = last.id AND then_seen.cycle = last.before
       WHERE last.after > @from OR then_seen.state <> 'resolved'
       ORDER BY now_seen.sev, last.id DESC`,
      { cluster, from, to },
    )
    .filter((row) => row.before_closed === 0 || row.seen === 1)
    .map((row) => ({
      fingerprint: row.fingerprint,
      title: row.title,
      service: row.service,
      root: { kind: row.root_kind, namespace: row.root_namespace, name: row.root_name },
      before:
        row.before_state === null || row.before_state === 'resolved' || row.before_closed === 1
          ? null
          : { sev: row.before_sev, members: row.before_members },
      after: { sev: row.sev, members: row.members },
      begun: row.begun,
      seen: row.seen === 1 && row.state !== 'resolved',
      over: row.state === 'resolved' || row.closed === 1,
    }))
}
