import type { Assessment } from './assessment.ts'
import { clip } from './budget.ts'
import { refKey, type AffectedWorkload, type Incident, type ObjectRef } from './incident.ts'
import type { Coverage } from './observe.ts'
import {
  defaultTolerance,
  serviceOf,
  type KnownBehaviour,
  type Policy,
  type Priority,
  type Service,
  type ServiceCatalog,
  type Sev,
} from './policy.ts'
import { standing, stateOf, type History, type RememberedIncident } from './remember.ts'
import { humanSpan, second, toMillis } from './time.ts'

export interface AssessInput {
  cluster: string
  incidents: readonly Incident[]
  coverage: readonly Coverage[]
  catalog: ServiceCatalog
  /** False when the operator named no services file: then nothing is known to be unimportant. */
  hasCatalog: boolean
  policy: Policy
  history: History
}

/** An assessment before `decide` has said whether anybody is told. */
export type Assessed = Omit<Assessment, 'decision'>

/**
 * Judges incidents: which service suffers, how bad that is for its users (SEV-1 to SEV-4) and why, in sentences.
 * The SEV follows from priority, readiness, downtime and breadth; nothing a caller says can make it milder.
 * The order of the answers is the order of the incidents.
 */
export function assess(input: AssessInput, now: number): Assessed[] {
  const examined = input.incidents.map((incident) => examine(incident, input, now))
  const failing = failingP0(examined)
  const suffering = new Set(examined.flatMap((one) => one.parts.filter(isSuffering).map((part) => part.party.name)))
  return examined.map((one) => conclude(one, { failing, suffering, catalog: input.catalog }, now))
}

/** Whoever an incident hits: a service of the catalog, or a workload the catalog does not name. */
interface Party {
  name: string
  priority: Priority
  toleranceMs: number
  service: Service | undefined
  /** Losing it is SEV-1 whatever its priority. */
  vital: 'data layer' | 'ingress' | 'cluster DNS' | undefined
  impact: string
}

/** What one incident does to one party. */
interface Part {
  incident: Incident
  party: Party
  workloads: AffectedWorkload[]
  /** The workload of the party that has none ready, if any. */
  down: AffectedWorkload | undefined
  whole: boolean
  known: KnownBehaviour | undefined
}

interface Examined {
  incident: Incident
  remembered: RememberedIncident | undefined
  since: string | null
  parts: Part[]
}

interface Surroundings {
  /** Names of the P0 services that fail at the same time. */
  failing: readonly string[]
  /** Names of all services that suffer in this look. */
  suffering: ReadonlySet<string>
  catalog: ServiceCatalog
}

interface Verdict {
  sev: Sev
  reasons: string[]
}

const isCoreDns = (ref: ObjectRef): boolean =>
  ref.namespace === 'kube-system' && /(?:^|-)(?:coredns|kube-dns)$/.test(ref.name)

/** Rules that a start which takes its time shows. A crash or an OOM kill is never a slow start. */
const startRules = new Set(['POD_NOT_READY', 'POD_STARTUP_FAILED', 'WORKLOAD_UNAVAILABLE', 'ROLLOUT_STALLED'])

function examine(incident: Incident, input: AssessInput, now: number): Examined {
  const remembered = input.history.incidents.find((other) => other.fingerprint === incident.fingerprint)
  const open = remembered?.resolvedAt === null ? remembered : undefined
  // An onset that the cluster does not tell is no later than the first sighting.
  const since = incident.since ?? open?.since ?? open?.openedAt ?? null
  const grouped = new Map<string, { party: Party; workloads: AffectedWorkload[] }>()
  for (const ref of [incident.root, ...incident.affected]) {
    const party = partyOf(ref, input)
    const group = grouped.get(party.name) ?? { party, workloads: [] }
    if ('ready' in ref) group.workloads.push(ref)
    grouped.set(party.name, group)
  }
  const rootName = partyOf(incident.root, input).name
  const parts = [...grouped.values()].map(({ party, workloads }): Part => {
    const down = workloads.find((workload) => workload.ready === 0 && (workload.desired ?? 0) > 0)
    const whole = workloads.length > 0 && workloads.every(isWhole)
    return { incident, party, workloads, down, whole, known: knownOf(party, incident, since, now) }
  })
  // What is merely near the fault and has all its replicas does not suffer.
  const hit = parts.filter((part) => !part.whole || part.party.name === rootName)
  // The root of a wide fault (a node, a registry, a quota) has no priority of its own when services suffer from it.
  const bearing = hit.filter(
    (part) => part.workloads.length > 0 || part.party.service !== undefined || part.party.vital,
  )
  return { incident, remembered, since, parts: bearing.length > 0 ? bearing : hit }
}

function isWhole({ ready, desired }: AffectedWorkload): boolean {
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

function knownOf(
  { service }: Party,
  incident: Incident,
  since: string | null,
  now: number,
): KnownBehaviour | undefined {
  const onset = toMillis(since)
  return service?.known.find((behaviour) => {
    if (behaviour.kind === 'manual-unseal') return incident.rule === 'POD_NOT_READY'
    if (behaviour.kind === 'slow-start')
      return startRules.has(incident.rule) && (onset === undefined || now - onset <= behaviour.allow)
    return false
  })
}

/** Whether a service is worse off for it, so that others which it stands on matter more. */
function isSuffering({ known, incident, whole }: Part): boolean {
  return known === undefined && incident.severity !== 'info' && !whole
}

function failingP0(examined: readonly Examined[]): string[] {
  const parts = examined.flatMap((one) => one.parts)
  const failing = parts.filter(
    (part) => part.party.priority === 'P0' && part.incident.severity === 'critical' && isSuffering(part),
  )
  return [...new Set(failing.map((part) => part.party.name))]
}

function conclude({ incident, remembered, since, parts }: Examined, around: Surroundings, now: number): Assessed {
  const judged = parts
    .map((part) => ({ part, verdict: judge(part, since, around, now) }))
    .sort(
      (a, b) =>
        a.verdict.sev.localeCompare(b.verdict.sev) || a.part.party.priority.localeCompare(b.part.party.priority),
    )
  const { part: worst, verdict } = judged[0]!
  const wide = judgeCause(incident)
  const sev = wide !== undefined && wide.sev < verdict.sev ? wide.sev : verdict.sev
  const highest = parts.map((part) => part.party.priority).sort()[0]!
  const hit = [...new Set(judged.map(({ part }) => part))]
  const known = worst.known !== undefined && sev === 'SEV-4' ? worst.known : undefined
  return {
    fingerprint: incident.fingerprint,
    state: stateOf(sev, remembered, now),
    sev,
    priority: highest,
    service: named(worst.party.service),
    impact: clip([...new Set(hit.map((part) => part.party.impact).filter(Boolean))].slice(0, 3).join(' '), 500),
    owners: [...new Set(hit.flatMap((part) => part.party.service?.owners ?? []))]
      .slice(0, 10)
      .map((owner) => clip(owner, 200)),
    known: known === undefined ? null : { kind: known.kind, note: clip(known.note, 300) },
    since,
    downtimeSeconds: worst.down === undefined ? 0 : Math.floor(elapsed(since, now) / second),
    toleranceSeconds: Math.floor(worst.party.toleranceMs / second),
    reasons: [...(wide?.reasons ?? []), ...judged.slice(0, 4).flatMap(({ verdict }) => verdict.reasons)]
      .slice(0, 12)
      .map((reason) => clip(reason, 400)),
    told: standing(remembered),
  }
}

function named(service: Service | undefined): string | null {
  return service === undefined ? null : clip(service.name, 200)
}

/** What an incident means for one party. The first sentence that applies gives the SEV; worse ones come first. */
function judge(part: Part, since: string | null, around: Surroundings, now: number): Verdict {
  const { incident, party, down, known } = part
  const who =
    party.service === undefined ? `${party.name} (${party.priority})` : `${party.priority} service ${party.name}`
  if (known !== undefined) return { sev: 'SEV-4', reasons: [knownReason(party, known, since, now)] }

  const downtime = elapsed(since, now)
  const tolerance = party.toleranceMs === 0 ? '0m' : humanSpan(party.toleranceMs)
  const beyond = party.toleranceMs === 0 || downtime > party.toleranceMs
  const fact =
    down === undefined
      ? `${who} ${serving(part)}`
      : `${who} has 0 of ${down.desired} replicas ready: ${since === null ? 'down since an unknown time' : `down for ${humanSpan(downtime)}`}, tolerance ${tolerance}`
  const reasons = [fact, ...singleReplica(party)]

  if (down !== undefined && party.vital !== undefined)
    return { sev: 'SEV-1', reasons: [...reasons, `It is the ${party.vital}: losing it is always SEV-1`] }
  if (down !== undefined && party.priority === 'P0' && beyond) return { sev: 'SEV-1', reasons }
  if (around.failing.length > 1 && around.failing.includes(party.name))
    return {
      sev: 'SEV-1',
      reasons: [...reasons, `${around.failing.length} P0 services fail at once: ${around.failing.join(', ')}`],
    }
  if (down === undefined && incident.severity === 'info')
    return { sev: 'SEV-4', reasons: [...reasons, 'It is for information only'] }

  if (party.priority === 'P0') return { sev: down !== undefined || isDegraded(part) ? 'SEV-2' : 'SEV-3', reasons }
  if (party.priority === 'P1') {
    const dependants = sufferingDependants(party, around)
    if (dependants.length > 0)
      return { sev: 'SEV-2', reasons: [...reasons, `P0 ${dependants.join(', ')} needs it and suffers`] }
    return { sev: down !== undefined && beyond ? 'SEV-2' : 'SEV-3', reasons }
  }
  return { sev: party.priority === 'P2' && down !== undefined && beyond ? 'SEV-3' : 'SEV-4', reasons }
}

/** Fewer replicas than wanted, or a critical fault whose readiness nobody knows. A warning on a whole service is neither. */
function isDegraded({ workloads, incident, whole }: Part): boolean {
  const short = workloads.some(({ ready, desired }) => ready !== null && desired !== null && ready < desired)
  return short || (!whole && incident.severity === 'critical')
}

function serving({ workloads }: Part): string {
  const short = workloads.find((workload) => !isWhole(workload) && workload.ready !== null && workload.desired !== null)
  if (short !== undefined) return `still serves with ${short.ready} of ${short.desired} replicas ready`
  return workloads.length > 0 && workloads.every(isWhole)
    ? 'has all its replicas ready'
    : 'is hit; how many of its replicas are ready is unknown'
}

function singleReplica({ service }: Party): string[] {
  const behaviour = service?.known.find((one) => one.kind === 'single-replica')
  if (behaviour === undefined) return []
  return [`It runs one replica by design, so nothing takes over${behaviour.note === '' ? '' : `: ${behaviour.note}`}`]
}

function sufferingDependants({ service }: Party, { catalog, suffering }: Surroundings): string[] {
  if (service === undefined) return []
  return catalog.services
    .filter((other) => other.priority === 'P0' && other.dependsOn.includes(service.name) && suffering.has(other.name))
    .map((other) => other.name)
}

function knownReason({ name }: Party, known: KnownBehaviour, since: string | null, now: number): string {
  const note = known.note === '' ? '' : ` (${known.note})`
  if (known.kind !== 'slow-start') return `Known behaviour of ${name}, no incident: ${known.kind}${note}`
  const sofar = since === null ? 'it has just begun' : `${humanSpan(elapsed(since, now))} so far`
  return `Known behaviour of ${name}, no incident: a start may take ${humanSpan(known.allow)}, ${sofar}${note}`
}

/** What the cause itself says, whoever suffers from it. */
function judgeCause({ root, rule, severity }: Incident): Verdict | undefined {
  if (severity !== 'critical') return undefined
  if (root.kind === 'Cluster')
    return { sev: 'SEV-1', reasons: ['The cluster itself is at fault: nothing in it can be seen or counted on'] }
  if (rule === 'NODE_NOT_READY')
    return { sev: 'SEV-2', reasons: [`Node ${root.name} is not ready: what runs on it is lost or out of sight`] }
  return undefined
}

function elapsed(since: string | null, now: number): number {
  const onset = toMillis(since)
  return onset === undefined ? 0 : Math.max(0, now - onset)
}
