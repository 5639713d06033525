import type { IncidentState } from '@kubevigil/core/assessment'
import type { ClusterStatus } from '@kubevigil/core/incident'
import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'
import type { NewCycle } from './memory.ts'

export interface StoredCycle {
  id: number
  cluster: string
  engine: string
  startedAt: string
  status: ClusterStatus
  open: number
  resolved: number
}

/** What a cycle saw change. */
export interface Change {
  cluster: string
  state: IncidentState
  sev: Sev
  fingerprint: string
  title: string
}

const shown = 'id, cluster, engine, started_at AS startedAt, status, open, resolved'

/** The cycle recorded under a key. */
export function cycleByKey(sql: Sql, key: string): StoredCycle | undefined {
  return sql.get<StoredCycle>(`SELECT ${shown} FROM cycle WHERE key = ?`, key)
}

/** Adds a cycle and gives its number. */
export function addCycle(sql: Sql, cycle: NewCycle): number {
  const { key, cluster, engine, startedAt, durationMs, status, coverage, usage } = cycle
  return sql.run(
    `INSERT INTO cycle (key, cluster, engine, started_at, duration_ms, status, coverage, input_tokens, output_tokens, cost_usd)
     VALUES (@key, @cluster, @engine, @startedAt, @durationMs, @status, @coverage, @inputTokens, @outputTokens, @costUsd)`,
    { key, cluster, engine, startedAt, durationMs, status, coverage: JSON.stringify(coverage), ...usage },
  ).id
}

/** Notes what a cycle left open and what it resolved. */
export function countCycle(sql: Sql, id: number, open: number, resolved: number): void {
  sql.run('UPDATE cycle SET open = ?, resolved = ? WHERE id = ?', open, resolved, id)
}

/** The newest cycles, newest first. */
export function recentCycles(sql: Sql, cluster: string | undefined, limit: number): StoredCycle[] {
  const text = `SELECT ${shown} FROM cycle WHERE (@cluster IS NULL OR cluster = @cluster) ORDER BY id DESC LIMIT @limit`
  return sql.all<StoredCycle>(text, { cluster: cluster ?? null, limit })
}

/** What the newest cycle of each cluster saw begin, worsen, improve, come back or end; gravest first. */
export function latestChanges(sql: Sql, cluster: string | undefined): Change[] {
  return sql.all<Change>(
    `SELECT incident.cluster, observation.state, observation.sev, incident.fingerprint, incident.title
     FROM observation JOIN incident ON incident.id = observation.incident
     WHERE observation.cycle IN (SELECT max(id) FROM cycle WHERE @cluster IS NULL OR cluster = @cluster GROUP BY cluster)
       AND observation.state <> 'ongoing'
     ORDER BY observation.sev, incident.id DESC
     LIMIT 200`,
    { cluster: cluster ?? null },
  )
}
