import type { IncidentState } from '@kubevigil/core/assessment'
import { refKey } from '@kubevigil/core/incident'
import type { Sev } from '@kubevigil/core/policy'
import { day, toInstant, toMillis } from '@kubevigil/core/time'
import type { Look, Sighting, Track } from '@kubevigil/core/trends'
import type { Sql } from '@kubevigil/store/open'

/** Whose course is asked for. */
export interface TrendScope {
  scope: 'fingerprint' | 'service' | 'namespace' | 'cluster'
  /** Absent for a cluster. */
  name?: string | undefined
  cluster?: string | undefined
  days: number
}

export interface Course {
  /** The cluster that was meant; null when nothing is recorded. */
  cluster: string | null
  looks: Look[]
  tracks: Track[]
  /** The window holds more looks than were read. */
  cut: boolean
}

/** A week of looks every five minutes; the definitions need no more. */
const mostLooks = 2_100
const mostSightings = 150_000

interface Row {
  incident: number
  fingerprint: string
  service: string | null
  root_kind: string
  root_namespace: string
  root_name: string
  priority: string
  opened_at: string
  resolved_at: string | null
  cycle: number
  state: IncidentState
  sev: Sev
  members: number
}

/** The looks of a window and what they saw of the incidents of a scope. A person's word that one is over counts from the next look on. */
export function courseOf(sql: Sql, { scope, name, cluster, days }: TrendScope, now: number): Course {
  const newest = sql.get<{ cluster: string }>(
    'SELECT cluster FROM cycle WHERE @cluster IS NULL OR cluster = @cluster ORDER BY id DESC LIMIT 1',
    { cluster: cluster ?? null },
  )
  if (newest === undefined) return { cluster: null, looks: [], tracks: [], cut: false }
  const from = toInstant(now - days * day)
  const cycles = sql.all<{ id: number; at: string }>(
    'SELECT id, started_at AS at FROM cycle WHERE cluster = ? AND started_at >= ? ORDER BY id DESC LIMIT ?',
    newest.cluster,
    from,
    mostLooks + 1,
  )
  const looks = cycles
    .slice(0, mostLooks)
    .reverse()
    .map(({ id, at }): Look => ({ cycle: id, at: toMillis(at) ?? now }))
  const rows = sql.all<Row>(
    `WITH sighting AS (
       SELECT incident, cycle, state, sev, member_count AS members FROM observation WHERE cycle >= @first
       UNION ALL
       SELECT incident, cycle + 1, 'resolved', 'SEV-4', 0 FROM event WHERE action = 'resolve' AND cycle >= @first
     )
     SELECT id AS incident, fingerprint, service, root_kind, root_namespace, root_name, priority, opened_at, resolved_at,
       sighting.cycle, sighting.state, sighting.sev, members
     FROM sighting JOIN incident ON incident.id = sighting.incident
     WHERE cluster = @cluster
       AND CASE @scope
         WHEN 'fingerprint' THEN fingerprint = @name
         WHEN 'service' THEN coalesce(service, root_name) = @name
         WHEN 'namespace' THEN root_namespace = @name
         ELSE TRUE END
     ORDER BY sighting.cycle DESC, sighting.state = 'resolved' LIMIT @limit`,
    { cluster: newest.cluster, scope, name: name ?? null, first: looks[0]?.cycle ?? 0, limit: mostSightings },
  )
  const tracks = [...Map.groupBy(rows.reverse(), (row) => row.incident).values()].map(toTrack)
  return { cluster: newest.cluster, looks, tracks, cut: cycles.length > mostLooks || rows.length === mostSightings }
}

function toTrack(rows: Row[]): Track {
  const { fingerprint, service, priority, opened_at, resolved_at, ...row } = rows[0]!
  return {
    fingerprint,
    party: service ?? refKey({ kind: row.root_kind, namespace: row.root_namespace, name: row.root_name }),
    isP0: priority === 'P0',
    openedAt: resolved_at === null ? (toMillis(opened_at) ?? null) : null,
    sightings: rows.map(({ cycle, state, sev, members }): Sighting => {
      const begins = state === 'new' || state === 'reopened'
      // What flaps stays open while it is away for a look or two: such a look is noted with nothing affected.
      const over = state === 'resolved' || (state === 'flapping' && members === 0)
      return { cycle, sev, count: members, kind: over ? 'over' : begins ? 'begins' : 'goes on' }
    }),
  }
}
