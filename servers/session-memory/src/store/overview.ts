import type { Sql } from '@kubevigil/store/open'
import { latestChanges, recentCycles, type Change, type StoredCycle } from './cycles.ts'
import { factsOf, listIncidents, type Facts, type StoredIncident } from './incidents.ts'
import { foldedSpans, type FoldedSpan } from './rollups.ts'
import { pinnedMessages, sessionOf, type StoredMessage, type StoredSession } from './sessions.ts'
import { silences, type Silence } from './silences.ts'

/** What a text about the present needs. */
export interface Overview {
  /** Gravest first, the newest first of a SEV. */
  open: StoredIncident[]
  /** What the latest look said of the gravest, by their numbers. */
  facts: ReadonlyMap<number, Facts>
  silences: Silence[]
  /** Newest first. */
  pinned: StoredMessage[]
  changes: Change[]
  cycles: StoredCycle[]
  folded: FoldedSpan[]
  /** Absent when none was asked for or nothing is kept of it. */
  session: StoredSession | undefined
}

/** Open incidents an overview counts; more than any text shows. */
const mostOpen = 2000
const mostPinned = 100
const mostExplained = 50

/** Reads it, of one cluster or all, with the session that is named. */
export function overviewOf(sql: Sql, cluster: string | undefined, session: string | undefined): Overview {
  const open = listIncidents(sql, { state: 'open', cluster, limit: mostOpen })
  const explained = open.filter((incident) => incident.sev <= 'SEV-2').slice(0, mostExplained)
  return {
    open,
    facts: new Map(explained.map(({ id }) => [id, factsOf(sql, id)])),
    silences: silences(sql, cluster),
    pinned: pinnedMessages(sql, cluster, mostPinned),
    changes: latestChanges(sql, cluster),
    cycles: recentCycles(sql, cluster, 50),
    folded: foldedSpans(sql, cluster),
    session: session === undefined ? undefined : sessionOf(sql, session),
  }
}
