import type { Assessment, IncidentState } from '@kubevigil/core/assessment'
import type { Handling } from '@kubevigil/core/decide/handling'
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
import { keepDecision } from './decisions.ts'
import { handle, handlings, type NewEvent } from './handling.ts'
import {
  countOpen,
  factsOf,
  findIncidents,
  keepIncident,
  listIncidents,
  observe,
  recentIncidents,
  resolveIncident,
  type Facts,
  type IncidentFilter,
  type StoredIncident,
} from './incidents.ts'
import { migrations } from './schema.ts'
import { cycleById, newestCycles, standsOf, type ComparedCycle, type Stand } from './stands.ts'
import { searchDocuments, type Hit, type Search } from './search.ts'
import { statsOf, type Stats } from './stats.ts'
import { courseOf, type Course, type TrendScope } from './tracks.ts'
import { historyOf, type History } from './timeline.ts'

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
  /** What people have said of a cluster's incidents, by fingerprint. */
  handlings: (cluster: string) => Promise<Map<string, Handling>>
  /** Incidents of a fingerprint, newest first, or the one of an id. */
  find: (key: {
    fingerprint?: string | undefined
    id?: number | undefined
    cluster?: string | undefined
  }) => Promise<StoredIncident[]>
  /** All that is remembered of one incident, at most `limit` entries of a kind. */
  whole: (id: number, limit: number) => Promise<{ facts: Facts; history: History }>
  /**
   * Adds what a person said of an incident, and gives the incident as it stands then. Texts must be redacted.
   * @param check throws to refuse; it sees the incident under the same lock
   */
  handle: (
    id: number,
    event: NewEvent,
    now: number,
    check: (incident: StoredIncident) => void,
  ) => Promise<StoredIncident>
  /** Two cycles of a cluster, the last two by default, and where its incidents stood; a cycle that is not recorded is undefined. */
  compare: (asked: Asked) => Promise<Comparison>
  /** The looks of a window and what they saw of a scope. */
  course: (scope: TrendScope, now: number) => Promise<Course>
  /** Incidents, decisions and notes that match, best first. */
  search: (search: Search) => Promise<Hit[]>
  /** Sizes and counts. */
  stats: () => Promise<Stats>
  /** One unchanging view of what a text about the present needs. */
  overview: (cluster: string | undefined) => Promise<Overview>
  close: () => void
}

interface Asked {
  cluster?: string | undefined
  from?: number | undefined
  to?: number | undefined
}

export interface Comparison {
  from: ComparedCycle | undefined
  to: ComparedCycle | undefined
  /** Empty when the two cannot be compared. */
  stands: Stand[]
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
    handlings: async (cluster) => store.read((sql) => handlings(sql, cluster)),
    find: async (key) => store.read((sql) => findIncidents(sql, key)),
    whole: async (id, limit) => store.read((sql) => ({ facts: factsOf(sql, id), history: historyOf(sql, id, limit) })),
    handle: async (id, event, now, check) =>
      store.write((sql) => {
        const [incident] = findIncidents(sql, { id })
        check(incident!)
        handle(sql, incident!, event, toInstant(now))
        return findIncidents(sql, { id })[0]!
      }),
    compare: async (asked) => store.read((sql) => compare(sql, asked)),
    course: async (scope, now) => store.read((sql) => courseOf(sql, scope, now)),
    search: async (search) => store.read((sql) => searchDocuments(sql, search)),
    stats: async () => store.read((sql) => statsOf(sql, path)),
    overview: async (cluster) =>
      store.read((sql) => ({
        open: listIncidents(sql, { state: 'open', cluster, limit: mostOpen }),
        changes: latestChanges(sql, cluster),
        cycles: recentCycles(sql, cluster, 50),
      })),
    close: () => store.close(),
  }
}

function compare(sql: Sql, asked: Asked): Comparison {
  const to = cycleById(sql, asked.to ?? newestCycles(sql, asked.cluster, undefined, 1)[0] ?? 0)
  if (to === undefined) return { from: undefined, to, stands: [] }
  const from = cycleById(sql, asked.from ?? newestCycles(sql, to.cluster, to.id - 1, 1)[0] ?? 0)
  const comparable = from !== undefined && from.cluster === to.cluster && from.id < to.id
  return { from, to, stands: comparable ? standsOf(sql, to.cluster, from.id, to.id) : [] }
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
    keepDecision(sql, id, incident, one.assessment.decision)
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
