import type { Assessment, IncidentState } from '@kubevigil/core/assessment'
import type { ClusterStatus, Incident } from '@kubevigil/core/incident'
import type { Coverage } from '@kubevigil/core/observe'
import { stateOf, type RememberedIncident } from '@kubevigil/core/remember'
import { toInstant } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { openStore, type Sql } from '@kubevigil/store/open'
import {
  addCycle,
  countCycle,
  cycleByKey,
  latestChanges,
  recentCycles,
  type Change,
  type StoredCycle,
} from './cycles.ts'
import {
  countOpen,
  keepIncident,
  listIncidents,
  observe,
  recentIncidents,
  resolveIncident,
  type IncidentFilter,
  type StoredIncident,
} from './incidents.ts'
import { migrations } from './schema.ts'

/** What a cycle saw of one incident. */
export interface ObservedIncident {
  incident: Incident
  assessment: Assessment
  state: IncidentState
  change: { repository: string; sha: string; url: string; score: number; confidence: string } | null
  told: RememberedIncident['told']
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
}

/** What this server remembers. Asynchronous, so that a shared database can take SQLite's place. */
export interface Memory {
  /** What happened to the file while opening that a person should know. */
  notices: readonly string[]
  /** Open incidents of a cluster, and those resolved within a day. */
  history: (cluster: string, now: number) => Promise<StoredIncident[]>
  /** Keeps a cycle once, whole or not at all. Texts must be redacted. */
  record: (cycle: NewCycle, now: number) => Promise<RecordedCycle>
  list: (filter: IncidentFilter) => Promise<StoredIncident[]>
  /** One unchanging view of what a text about the present needs. */
  overview: (cluster: string | undefined) => Promise<Overview>
  close: () => void
}

export interface Overview {
  open: StoredIncident[]
  changes: Change[]
  cycles: StoredCycle[]
}

/** Open incidents an overview counts; more than any text shows. */
const mostOpen = 2000

/** Opens memory.db, making and migrating it as needed. */
export async function openMemory(path: string): Promise<Memory> {
  const store = await openStore({
    path,
    migrations,
    toError: (error) => new UserError(error.code, error.message, error.hint, { cause: error }),
  })
  return {
    notices: store.notices,
    history: async (cluster, now) => store.read((sql) => recentIncidents(sql, cluster, now)),
    record: async (cycle, now) => store.write((sql) => record(sql, cycle, now)),
    list: async (filter) => store.read((sql) => listIncidents(sql, filter)),
    overview: async (cluster) =>
      store.read((sql) => ({
        open: listIncidents(sql, { state: 'open', cluster, limit: mostOpen }),
        changes: latestChanges(sql, cluster),
        cycles: recentCycles(sql, cluster, 50),
      })),
    close: () => store.close(),
  }
}

function record(sql: Sql, cycle: NewCycle, now: number): RecordedCycle {
  const before = cycleByKey(sql, cycle.key)
  if (before !== undefined) return { cycle: before.id, recorded: false, open: before.open, resolved: before.resolved }
  const id = addCycle(sql, cycle)
  const at = toInstant(now)
  const known = new Map(recentIncidents(sql, cycle.cluster, now).map((incident) => [incident.fingerprint, incident]))
  const seen = new Set<string>()
  for (const one of cycle.incidents) {
    const { fingerprint, members } = one.incident
    if (seen.has(fingerprint)) continue
    seen.add(fingerprint)
    const remembered = known.get(fingerprint)
    const state = stateOf(one.assessment.sev, remembered, now)
    const incident = keepIncident(sql, cycle.cluster, { ...one, state }, remembered, at)
    observe(sql, id, incident, { state, sev: one.assessment.sev, members: members.count, delivery: one.delivery })
  }
  let resolved = 0
  for (const fingerprint of new Set(cycle.resolved)) {
    const incident = known.get(fingerprint)
    if (incident === undefined || incident.resolvedAt !== null || seen.has(fingerprint)) continue
    resolveIncident(sql, incident.id, at)
    observe(sql, id, incident.id, { state: 'resolved', sev: incident.sev, members: 0, delivery: null })
    resolved++
  }
  const open = countOpen(sql, cycle.cluster)
  countCycle(sql, id, open, resolved)
  return { cycle: id, recorded: true, open, resolved }
}
