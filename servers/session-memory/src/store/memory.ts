import type { Handling } from '@kubevigil/core/decide/handling'
import { toInstant } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { openStore } from '@kubevigil/store/open'
import { compare, type Asked, type Comparison } from './comparison.ts'
import { exportFile, readLines, writeLines } from './export-files.ts'
import { handle, handlings, type NewEvent } from './handling.ts'
import {
  factsOf,
  findIncidents,
  listIncidents,
  recentIncidents,
  type Facts,
  type IncidentFilter,
  type StoredIncident,
} from './incidents.ts'
import {
  findSeries,
  pointsOf,
  recordMetrics,
  type NewSeries,
  type RecordedMetrics,
  type SeriesFilter,
  type StoredPoint,
  type StoredSeries,
} from './metrics.ts'
import { tokensPerEstimate } from './model-tokens.ts'
import { overviewOf, type Overview } from './overview.ts'
import { record, type NewCycle, type RecordedCycle } from './record.ts'
import { prune, type Folded } from './rollups.ts'
import { migrations } from './schema.ts'
import { searchDocuments, type Hit, type Search } from './search.ts'
import { messageById, type StoredMessage } from './sessions.ts'
import { statsOf, type Stats } from './stats.ts'
import { historyOf, type History } from './timeline.ts'
import { courseOf, type Course, type TrendScope } from './tracks.ts'
import { exportLines, importLines } from './transfer.ts'

export type { Overview } from './overview.ts'
export type { NewCycle, ObservedIncident } from './record.ts'

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
  search: (search: Search, now: number) => Promise<Hit[]>
  message: (id: number) => Promise<StoredMessage | undefined>
  /** Tokens that a model takes where `estimateTokens` says one. */
  tokensPerEstimate: (model: string | undefined) => Promise<number>
  /** Unpins messages, and folds a bounded step of what is older than an instant; a dry run only counts. */
  prune: (before: number, unpinned: readonly number[], dryRun: boolean) => Promise<Folded>
  /** Writes everything to a file of the exports folder that is not there yet. */
  exportTo: (name: string) => Promise<{ path: string; rows: number; bytes: number }>
  /** Takes a file of the exports folder into this memory, which must be empty, whole or not at all. */
  importFrom: (name: string) => Promise<{ path: string; rows: number }>
  /** Sizes and counts. */
  stats: () => Promise<Stats>
  /** One unchanging view of what a text about the present needs. */
  overview: (cluster: string | undefined, session: string | undefined) => Promise<Overview>
  /** Adds points to series, once for each instant. Texts must be redacted. */
  recordMetrics: (series: readonly NewSeries[]) => Promise<RecordedMetrics>
  /** Series that match, in the order they were first recorded. */
  series: (filter: SeriesFilter, limit: number) => Promise<StoredSeries[]>
  /** The points of a series from an instant on, oldest first; those of a counter without its resets. */
  points: (series: StoredSeries, from: number) => Promise<StoredPoint[]>
  close: () => void
}

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
    search: async (search, now) => store.read((sql) => searchDocuments(sql, search, toInstant(now))),
    message: async (id) => store.read((sql) => messageById(sql, id)),
    tokensPerEstimate: async (model) => store.read((sql) => tokensPerEstimate(sql, model)),
    prune: async (before, unpinned, dryRun) => prune(store, before, unpinned, dryRun),
    exportTo: async (name) => {
      const file = exportFile(path, name)
      return { path: file, ...store.read((sql) => writeLines(file, exportLines(sql))) }
    },
    importFrom: async (name) => {
      const file = exportFile(path, name)
      return { path: file, rows: store.write((sql) => importLines(sql, readLines(file))) }
    },
    stats: async () => store.read((sql) => statsOf(sql, path)),
    overview: async (cluster, session) => store.read((sql) => overviewOf(sql, cluster, session)),
    recordMetrics: async (series) => store.write((sql) => recordMetrics(sql, series)),
    series: async (filter, limit) => store.read((sql) => findSeries(sql, filter, limit)),
    points: async (series, from) => store.read((sql) => pointsOf(sql, series, from)),
    close: () => store.close(),
  }
}
