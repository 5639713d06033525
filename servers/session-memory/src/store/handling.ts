import type { Handling } from '@kubevigil/core/decide/handling'
import type { Sql } from '@kubevigil/store/open'
import { resolveIncident, type StoredIncident } from './incidents.ts'
import { readHandling } from './said.ts'

/** What a person may say of an incident. None of it approves anything. */
export const handlingActions = ['acknowledge', 'note', 'silence', 'unsilence', 'resolve'] as const
export type HandlingAction = (typeof handlingActions)[number]

export interface NewEvent {
  action: HandlingAction
  by: string
  note: string
  /** End of a silence; null otherwise. */
  until: string | null
}

/** What people have said of a cluster's incidents, by fingerprint. A silence outlives the episode it was set in. */
export function handlings(sql: Sql, cluster: string): Map<string, Handling> {
  const rows = sql.all<{ fingerprint: string; acknowledgement: string | null; silence: string | null }>(
    `SELECT fingerprint, acknowledgement, silence FROM incident
     WHERE cluster = ? AND (acknowledgement IS NOT NULL OR silence IS NOT NULL)`,
    cluster,
  )
  return new Map(rows.map((row) => [row.fingerprint, readHandling(row)]))
}

/** Adds what a person said to the timeline and makes it count. Texts must be redacted. */
export function handle(sql: Sql, { id, cluster, sev }: StoredIncident, event: NewEvent, at: string): void {
  const { action, by, until } = event
  const newest = sql.get<{ id: number | null }>('SELECT max(id) AS id FROM cycle WHERE cluster = ?', cluster)
  sql.run(
    `INSERT INTO event (incident, cycle, at, action, by, note, until)
     VALUES (@incident, @cycle, @at, @action, @by, @note, @until)`,
    { incident: id, cycle: newest?.id ?? 0, at, ...event },
  )
  if (action === 'acknowledge')
    sql.run('UPDATE incident SET acknowledgement = ? WHERE id = ?', JSON.stringify({ by, at, sev }), id)
  if (action === 'silence')
    sql.run('UPDATE incident SET silence = ? WHERE id = ?', JSON.stringify({ by, at, until, sev }), id)
  if (action === 'unsilence') sql.run('UPDATE incident SET silence = NULL WHERE id = ?', id)
  if (action === 'resolve') resolveIncident(sql, id, at)
}
