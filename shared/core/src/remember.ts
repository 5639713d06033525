import type { Assessment, IncidentState } from './assessment.ts'
import { refKey, type Incident, type ObjectRef } from './incident.ts'
import type { Coverage } from './observe.ts'
import type { Priority, Sev } from './policy.ts'
import { day, toMillis, type Instant } from './time.ts'
import { flapsAfter } from './trends/flapping.ts'

/** An incident as memory knows it: open, or resolved lately. */
export interface RememberedIncident {
  fingerprint: string
  rule: string
  title: string
  root: ObjectRef
  /** Name in the services file; null when it names none. */
  service: string | null
  priority: Priority
  sev: Sev
  impact: string
  owners: readonly string[]
  members: Incident['members']
  since: Instant | null
  /** Begin of this episode: its first sighting, or the sighting that reopened it. */
  openedAt: Instant
  lastSeen: Instant
  /** Null while it is open. */
  resolvedAt: Instant | null
  /** What was said of this episode; null when nobody was told. */
  told: Told | null
  /** The last time it was told whole, be it in an episode before; null when it never was. */
  whole: { at: Instant; sev: Sev; form: 'full' | 'digest' } | null
  /** A caller found this episode worse than the rules do. */
  raised: Assessment['raised']
  /** Whether the last whole looks showed it, oldest first: 1 or 0 each, at most as many as flapping is judged by. */
  looks: string
  /** It flapped at the last of them. */
  flapping: boolean
  /** Sources that were forbidden when it was last seen: it was seen without them, so they cannot be what hides it now. */
  unread: readonly string[]
}

/** What people have been told of an episode. */
export interface Told {
  /** The last time something was said. */
  at: Instant
  channel: string | null
  ts: string | null
  sev: Sev
  /** When it was first told at this SEV, or that it was back: what updates and escalation count from. */
  since: Instant
  /** When it was told that nobody had acknowledged it; null when it was not. */
  escalatedAt: Instant | null
}

/** What is remembered of one cluster. */
export interface History {
  incidents: readonly RememberedIncident[]
}

/** A fault that comes back within this time is the same incident, reopened. */
export const reopenWithin = day

/** Where an incident of severity `sev` that is seen now stands against what is remembered of it. Worse comes before all else. */
export function stateOf(sev: Sev, remembered: RememberedIncident | undefined, now: number): IncidentState {
  if (remembered === undefined) return 'new'
  const resolvedAt = toMillis(remembered.resolvedAt)
  if (resolvedAt !== undefined && now - resolvedAt >= reopenWithin) return 'new'
  if (resolvedAt === undefined && sev < remembered.sev) return 'escalated'
  if (flapsNow(remembered, true)) return 'flapping'
  if (resolvedAt !== undefined) return 'reopened'
  return sev > remembered.sev ? 'improved' : 'ongoing'
}

/** Whether an incident flaps, counting this look, which saw it or would have. */
export function flapsNow({ looks, flapping }: Pick<RememberedIncident, 'looks' | 'flapping'>, seen: boolean): boolean {
  return flapsAfter([...looks.split('').map((look) => look === '1'), seen], flapping).flapping
}

/** The message that stands about an incident in this episode; null when nobody was told, or what was told is over. */
export function standing(remembered: RememberedIncident | undefined): Assessment['told'] {
  if (remembered === undefined || remembered.resolvedAt !== null || remembered.told === null) return null
  const { at, channel, ts } = remembered.told
  return { at, channel, ts }
}

/** One look at a cluster, as far as absence can be concluded from it. */
export interface Look {
  incidents: readonly Incident[]
  coverage: readonly Coverage[]
  /** Set when the look was narrowed to one namespace. */
  namespace?: string | undefined
  /** Incidents the look found and left out of its answer. */
  omitted?: number | undefined
}

interface Absence<I> {
  /** What this look would have shown, and did not. */
  absent: I[]
  /** Why others that are not seen may still be there, in sentences. */
  warnings: string[]
}

export interface Resolution {
  resolved: RememberedIncident[]
  /** Why open incidents that are not seen stay open, in sentences. */
  warnings: string[]
}

/**
 * The open incidents that are over: a look that would have shown them does not. What flaps is over only when it has calmed down,
 * so that its coming and going is not told each time.
 */
export function resolvedNow(history: History, look: Look): Resolution {
  const open = history.incidents.filter((incident) => incident.resolvedAt === null)
  const { absent, warnings } = absentNow(open, look)
  return { resolved: absent.filter((incident) => !flapsNow(incident, false)), warnings }
}

/**
 * The incidents that are not there. "Not seen" is "not there" only when this look would have shown it: the API, pods and nodes
 * were read whole, no other source that matters had a gap, its namespace was in view, nothing was left out of the answer, and the
 * fault has not become part of another incident.
 */
export function absentNow<I extends RememberedIncident>(incidents: readonly I[], look: Look): Absence<I> {
  const seen = new Set(look.incidents.map((incident) => incident.fingerprint))
  const unseen = incidents.filter(
    (incident) =>
      !seen.has(incident.fingerprint) && (look.namespace === undefined || incident.root.namespace === look.namespace),
  )
  if (unseen.length === 0) return { absent: [], warnings: [] }
  if ((look.omitted ?? 0) > 0)
    return keepOpen(unseen, `this look left ${look.omitted} incidents out of its answer, so absence proves nothing`)

  const missing = ['api', 'pods'].filter((source) => !look.coverage.some((entry) => entry.source === source))
  if (missing.length > 0) return keepOpen(unseen, `the coverage does not say that ${missing.join(' and ')} were read`)

  const gaps = look.coverage.filter(isGap)
  const parts = partsOf(look.incidents)
  const absent: I[] = []
  const blocking = new Map<string, number>()
  for (const incident of unseen) {
    // The cluster is at fault in many unlike ways, so another fault of it does not stand for this one.
    if (incident.root.kind !== 'Cluster' && parts.has(refKey(incident.root))) continue
    const gap = gaps.find((entry) => entry.status !== 'forbidden' || !incident.unread.includes(entry.source))
    if (gap === undefined) absent.push(incident)
    else {
      const reason = `${gap.source} was not read whole (${gap.status})`
      blocking.set(reason, (blocking.get(reason) ?? 0) + 1)
    }
  }
  return { absent, warnings: [...blocking].map(([reason, count]) => staysOpen(count, reason)) }
}

/** Sources that were forbidden in a look, to remember with what it showed. */
export function forbiddenSources(coverage: readonly Coverage[]): string[] {
  return coverage.filter((entry) => entry.status === 'forbidden' && isGap(entry)).map((entry) => entry.source)
}

/** What a cluster always has: told absent, the listing was incomplete. */
const always = new Set(['api', 'pods', 'nodes', 'deployments', 'statefulsets', 'daemonsets'])
/** Sources whose loss hides no fault of another: numbers, the delivery tool's view, and what is not the cluster. */
const immaterial = /^(?:metrics|logs|applications|github|slack|memory|api group .*)$/

function isGap({ source, status }: Coverage): boolean {
  if (immaterial.test(source) || status === 'ok') return false
  return status !== 'absent' || always.has(source)
}

/** Objects that incidents of this look name besides their roots. */
function partsOf(incidents: readonly Incident[]): Set<string> {
  return new Set(
    incidents.flatMap(({ root, members, affected }) => [refKey(root), ...members.examples, ...affected.map(refKey)]),
  )
}

function keepOpen(unseen: readonly RememberedIncident[], reason: string): Absence<never> {
  return { absent: [], warnings: [staysOpen(unseen.length, reason)] }
}

function staysOpen(count: number, reason: string): string {
  return `${count === 1 ? 'An open incident is' : `${count} open incidents are`} not seen and not resolved: ${reason}.`
}
