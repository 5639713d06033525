import type { Decision, IncidentState } from '@kubevigil/core/assessment'
import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'
import type { HandlingAction } from './handling.ts'

/** A look that saw an incident begin, change its SEV or end, or in which a message went out. */
export interface Sighting {
  cycle: number
  at: string
  state: IncidentState
  sev: Sev
  members: number
  delivery: string | null
}

export interface StoredDecision {
  cycle: number
  at: string
  notify: boolean
  form: Decision['form']
  channel: string | null
  reasons: string[]
}

/** What a person said. */
export interface StoredEvent {
  cycle: number
  at: string
  action: HandlingAction
  by: string
  note: string
  until: string | null
}

/** All that happened to one incident, oldest first; `cut` when there was more before. */
export interface History {
  sightings: Sighting[]
  decisions: StoredDecision[]
  events: StoredEvent[]
  cut: boolean
}

/** The newest changes, decisions and events of an incident, at most `limit` of each. */
export function historyOf(sql: Sql, incident: number, limit: number): History {
  const sightings = sql.all<Sighting>(
    `SELECT cycle, started_at AS at, state, sev, member_count AS members, delivery
     FROM observation JOIN cycle ON cycle.id = observation.cycle
     WHERE incident = ? AND (state <> 'ongoing' OR delivery IN ('sent', 'updated', 'queued'))
     ORDER BY cycle DESC LIMIT ?`,
    incident,
    limit,
  )
  const decisions = sql.all<Omit<StoredDecision, 'notify' | 'reasons'> & { notify: number; reasons: string }>(
    `SELECT decision.cycle, started_at AS at, notify, form, channel, reasons
     FROM decision JOIN cycle ON cycle.id = decision.cycle WHERE incident = ? ORDER BY decision.id DESC LIMIT ?`,
    incident,
    limit,
  )
  const events = sql.all<StoredEvent>(
    'SELECT cycle, at, action, by, note, until FROM event WHERE incident = ? ORDER BY id DESC LIMIT ?',
    incident,
    limit,
  )
  return {
    sightings: sightings.reverse(),
    decisions: decisions.reverse().map((row) => ({
      ...row,
      notify: row.notify === 1,
      reasons: JSON.parse(row.reasons) as string[],
    })),
    events: events.reverse(),
    cut: [sightings, decisions, events].some((rows) => rows.length === limit),
  }
}
