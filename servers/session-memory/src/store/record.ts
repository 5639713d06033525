import type { Assessment, IncidentState } from '@kubevigil/core/assessment'
import type { ClusterStatus, Incident } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import { absentNow, flapsNow, stateOf } from '@kubevigil/core/remember'
import { toInstant } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import { addCycle, countCycle, cycleByKey } from './cycles.ts'
import { keepDecision } from './decisions.ts'
import { countOpen, recentIncidents, resolveIncident } from './incidents.ts'
import { keepIncident, missIncident, observe } from './sightings.ts'
import { recordMetrics, type NewSeries } from './metrics.ts'
import { learnTokens, type ModelUsage } from './model-tokens.ts'
import { keepSession, type NewSession } from './sessions.ts'
import { newestCycles } from './stands.ts'
import type { Message } from './telling.ts'

/** What a cycle saw of one incident. */
export interface ObservedIncident {
  incident: Incident
  assessment: Assessment
  state: IncidentState
  change: { repository: string; sha: string; url: string; score: number; confidence: string } | null
  told: Message | null
  /** State of the delivery, for the record. */
  delivery: string | null
  /** Sources this look was forbidden to read. */
  unread: string[]
}

export interface NewCycle {
  key: string
  cluster: string
  engine: string
  startedAt: string
  durationMs: number
  status: ClusterStatus
  coverage: readonly Coverage[]
  usage: { inputTokens: number; outputTokens: number; costUsd: number }
  /** Readings of the same look. */
  metrics?: readonly NewSeries[] | undefined
  /** Calls of models, to learn from what each really takes. */
  models?: readonly ModelUsage[] | undefined
  session?: NewSession | undefined
  incidents: readonly Omit<ObservedIncident, 'state'>[]
  /** Fingerprints of what is over. */
  resolved: readonly string[]
}

export interface RecordedCycle {
  cycle: number
  /** False when the key was recorded before; nothing was changed then. */
  recorded: boolean
  open: number
  resolved: number
  /** Messages of the session that were dropped to keep within its limit. */
  dropped: number
  /** Readings older than what their series keeps one by one. */
  tooOld: number
}

/** Keeps a cycle with all that it brought; the caller's transaction makes it whole or nothing. */
export function record(sql: Sql, cycle: NewCycle, now: number): RecordedCycle {
  const before = cycleByKey(sql, cycle.key)
  if (before !== undefined)
    return { cycle: before.id, recorded: false, open: before.open, resolved: before.resolved, dropped: 0, tooOld: 0 }
  const id = addCycle(sql, cycle)
  const at = toInstant(now)
  const known = new Map(recentIncidents(sql, cycle.cluster, now).map((incident) => [incident.fingerprint, incident]))
  const isFirstLook = newestCycles(sql, cycle.cluster, id - 1, 1).length === 0
  const seen = new Set<string>()
  for (const one of cycle.incidents) {
    const { fingerprint, members } = one.incident
    if (seen.has(fingerprint)) continue
    seen.add(fingerprint)
    const remembered = known.get(fingerprint)
    const state = stateOf(one.assessment.sev, remembered, now)
    const incident = keepIncident(sql, cycle.cluster, { ...one, state }, remembered, at, isFirstLook)
    observe(sql, id, incident, { state, sev: one.assessment.sev, members: members.count, delivery: one.delivery })
    keepDecision(sql, id, incident, one.assessment.decision)
  }
  const ended = new Set(cycle.resolved)
  const look = { coverage: cycle.coverage, incidents: cycle.incidents.map(({ incident }) => incident) }
  for (const incident of absentNow([...known.values()], look).absent) {
    const isOver = incident.resolvedAt !== null || ended.has(incident.fingerprint)
    const rests = !isOver && flapsNow(incident, false)
    // One that stays open was out of this look's sight: a look at one namespace says nothing of the others.
    if (isOver || rests) missIncident(sql, incident)
    if (rests) observe(sql, id, incident.id, { state: 'flapping', sev: incident.sev, members: 0, delivery: null })
  }
  let resolved = 0
  for (const fingerprint of ended) {
    const incident = known.get(fingerprint)
    if (incident === undefined || incident.resolvedAt !== null || seen.has(fingerprint)) continue
    resolveIncident(sql, incident.id, at)
    observe(sql, id, incident.id, { state: 'resolved', sev: incident.sev, members: 0, delivery: null })
    resolved++
  }
  const open = countOpen(sql, cycle.cluster)
  countCycle(sql, id, open, resolved)
  for (const usage of cycle.models ?? []) learnTokens(sql, usage, at)
  const dropped =
    cycle.session === undefined ? 0 : keepSession(sql, cycle.session, { cycle: id, cluster: cycle.cluster, at })
  const { tooOld } = recordMetrics(sql, cycle.metrics ?? [])
  return { cycle: id, recorded: true, open, resolved, dropped, tooOld }
}
