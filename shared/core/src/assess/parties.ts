import type { Assessment } from '../assessment.ts'
import type { AffectedWorkload, Incident, ObjectRef } from '../incident.ts'
import type { Coverage } from '../observe.ts'
import {
  defaultTolerance,
  serviceOf,
  type KnownBehaviour,
  type Policy,
  type Priority,
  type Service,
  type ServiceCatalog,
} from '../policy.ts'
import type { History, RememberedIncident } from '../remember.ts'
import { toMillis } from '../time.ts'
import { explain, nothing } from './known.ts'

export interface AssessInput {
  cluster: string
  incidents: readonly Incident[]
  coverage: readonly Coverage[]
  catalog: ServiceCatalog
  /** False when the operator named no services file: then nothing is known to be unimportant. */
  hasCatalog: boolean
  policy: Policy
  history: History
  /** SEVs that a caller found after reading the evidence, by fingerprint; only what is worse than the rules' counts. */
  raises?: ReadonlyMap<string, NonNullable<Raise>>
}

type Raise = Assessment['raised']

/** Whoever an incident hits: a service of the catalog, or a workload the catalog does not name. */
export interface Party {
  name: string
  priority: Priority
  toleranceMs: number
  service: Service | undefined
  /** Losing it is SEV-1 whatever its priority. */
  vital: 'data layer' | 'ingress' | 'cluster DNS' | undefined
  impact: string
}

/** What one incident does to one party. */
export interface Part {
  incident: Incident
  party: Party
  workloads: AffectedWorkload[]
  /** The workload of the party that has none ready, if any. */
  down: AffectedWorkload | undefined
  whole: boolean
  known: KnownBehaviour | undefined
  /** Why behaviour that is known of it does not explain this; empty when nothing like it is known. */
  beyond: string
}

export interface Examined {
  incident: Incident
  remembered: RememberedIncident | undefined
  since: string | null
  parts: Part[]
  /** What a caller raised it to, in this look or earlier in the episode. */
  raise: Raise
}

/** Finds whom an incident hits, how many of their replicas are ready, and whether that is known behaviour. */
export function examine(incident: Incident, input: AssessInput, now: number): Examined {
  const remembered = input.history.incidents.find((other) => other.fingerprint === incident.fingerprint)
  const open = remembered?.resolvedAt === null ? remembered : undefined
  // An onset that the cluster does not tell is no later than the first sighting.
  const since = known(incident.since) ?? known(open?.since) ?? open?.openedAt ?? null
  const grouped = new Map<string, { party: Party; workloads: AffectedWorkload[] }>()
  const root = partyOf(incident.root, input)
  grouped.set(root.name, { party: root, workloads: [] })
  for (const workload of incident.affected) {
    const party = partyOf(workload, input)
    const group = grouped.get(party.name) ?? { party, workloads: [] }
    group.workloads.push(workload)
    grouped.set(party.name, group)
  }
  const parts = [...grouped.values()].map(({ party, workloads }): Part => {
    const down = workloads.find((workload) => workload.ready === 0 && (workload.desired ?? 0) > 0)
    const whole = workloads.length > 0 && workloads.every(isWhole)
    // A rule describes the root: what others suffer from it is not their own known behaviour.
    const told =
      party.name === root.name ? explain(party.service?.known ?? [], incident, workloads, since, now) : nothing
    return { incident, party, workloads, down, whole, ...told }
  })
  // What is merely near the fault and has all its replicas does not suffer.
  const hit = parts.filter((part) => !part.whole || part.party.name === root.name)
  // The root of a wide fault (a node, a registry, a quota) has no priority of its own when services suffer from it.
  const bearing = hit.filter(
    (part) => part.workloads.length > 0 || part.party.service !== undefined || part.party.vital,
  )
  const raise = worst(input.raises?.get(incident.fingerprint) ?? null, open?.raised ?? null)
  return { incident, remembered, since, raise, parts: bearing.length > 0 ? bearing : hit }
}

/** An onset, unless it is what programs write for none: the zero time of Go (year 1) or of Unix (1970). */
function known(since: string | null | undefined): string | undefined {
  const onset = toMillis(since)
  return onset === undefined || onset <= 0 ? undefined : (since ?? undefined)
}

/** Whether all wanted replicas are ready; false when that is unknown. */
export function isWhole({ ready, desired }: AffectedWorkload): boolean {
  return ready !== null && desired !== null && ready >= desired
}

function partyOf(ref: ObjectRef, { catalog, hasCatalog, policy }: AssessInput): Party {
  const service = serviceOf(catalog, ref)
  const dns = isCoreDns(ref)
  const priority = service?.priority ?? (dns ? 'P0' : (policy.unlistedPriority ?? (hasCatalog ? 'P2' : 'P1')))
  return {
    name:
      service?.name ?? (ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`),
    priority,
    toleranceMs: service?.maxDowntime ?? defaultTolerance[priority],
    service,
    vital: dns ? 'cluster DNS' : layerName(service?.layer),
    impact:
      service?.impact ?? (dns ? 'Names do not resolve inside the cluster, so services cannot reach each other.' : ''),
  }
}

function layerName(layer: Service['layer']): Party['vital'] {
  return layer === 'data' ? 'data layer' : layer
}

function worst(said: Raise, before: Raise): Raise {
  if (said === null || before === null) return said ?? before
  return said.to <= before.to ? said : before
}

/** Whether a service is worse off for it, so that others which it stands on matter more. */
export function isSuffering({ known, incident, whole }: Part): boolean {
  return known === undefined && incident.severity !== 'info' && !whole
}

function isCoreDns({ namespace, name }: ObjectRef): boolean {
  return namespace === 'kube-system' && /(?:^|-)(?:coredns|kube-dns)$/.test(name)
}
