import { refKey, type Finding, type ObjectRef } from '../incident.ts'
import type { Lookup } from '../detect/lookup.ts'
import { minute, toMillis } from '../time.ts'
import { dnsRoots, dnsService } from './dns.ts'
import { nodeRoots, registryRoots, zoneRoots } from './outages.ts'
import { asides, makersOf, namedRoots } from './roots.ts'

/** How sure an edge is: 4 the same owner, 3 the cluster's own words, 2 one thing stands on the other, 1 the same time. */
export type Confidence = 1 | 2 | 3 | 4
export const confidences = [4, 3, 2, 1] as const

/** "This finding is an effect of that one." */
export interface Edge {
  effect: Finding
  cause: Finding
  confidence: Confidence
}

/** A symptom noticed this long before its cause can still be its effect: clocks and probes differ (Radar: 5 m). */
const clockSlack = 5 * minute

/**
 * Findings about a whole that repeat what a finding about its parts says better; they may go under any of them. Among
 * themselves the earlier says more: a stalled rollout tells why replicas are missing.
 */
const rollups = [
  'POD_NODE_LOST',
  'JOB_FAILED',
  'CRONJOB_FAILING',
  'WORKLOAD_ROLLOUT_STALLED',
  'WORKLOAD_UNAVAILABLE',
  'PDB_BLOCKS',
  'HPA_DEGRADED',
  'SERVICE_NO_ENDPOINTS',
  'GITOPS_DEGRADED',
  'FLUX_NOT_READY',
  'CUSTOM_RESOURCE_NOT_READY',
]

/** Symptoms that a fault of a container explains on the same owner. */
const symptoms = new Set(['POD_NOT_READY', 'POD_RESTARTS_HIGH'])
const containerFaults = new Set([
  'POD_OOM_KILLED',
  'POD_CRASH_LOOP',
  'POD_START_ERROR',
  'POD_LIVENESS_FAILED',
  'POD_STARTUP_FAILED',
  'POD_IMAGE_PULL',
  'POD_CONFIG_ERROR',
  'POD_CREATE_ERROR',
])

/** Faults of pods that ended or are held back: they say little about why replicas are missing now. */
const past = new Set(['POD_EVICTED', 'POD_FAILED', 'POD_TERMINATING_STUCK', 'POD_SCHEDULING_GATED'])

/** Notes of what is measured now: they may explain a fault to a person, but nothing is filed under them. */
const measurements = new Set(['NODE_MEMORY_HIGH', 'NODE_CPU_HIGH', 'POD_MEMORY_NEAR_LIMIT', 'POD_CPU_AT_LIMIT'])

/** Kinds that stand on the workloads they name: what the API server says of a refusal is surer than that. */
const standing = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'HorizontalPodAutoscaler',
])

/** Faults that a dependency which is down can bring about: programs end, hang or report themselves not ready. */
const dependent = new Set([
  'POD_CRASH_LOOP',
  'POD_INIT_FAILED',
  'POD_INIT_STUCK',
  'POD_NOT_READY',
  'POD_LIVENESS_FAILED',
  'POD_STARTUP_FAILED',
  'POD_RESTARTS_HIGH',
])

/** What a dead node does to the pods on it, and to pods that can only run there. */
const nodeEffects = new Set([
  'POD_NODE_LOST',
  'POD_STUCK_CREATING',
  'POD_TERMINATING_STUCK',
  'POD_NOT_READY',
  'POD_STARTUP_FAILED',
  'POD_INIT_STUCK',
  'POD_UNSCHEDULABLE',
  'WORKLOAD_UNAVAILABLE',
])

export function isRollup({ rule }: Finding): boolean {
  return rollups.includes(rule)
}

/** All edges between findings, and the findings with the roots that had to be made. */
export function edgesOf(findings: readonly Finding[], lookup: Lookup): { all: Finding[]; edges: Edge[] } {
  const made = [
    ...namedRoots(findings, lookup),
    ...registryRoots(findings, lookup),
    ...zoneRoots(findings, lookup),
    ...nodeRoots(findings, lookup),
    ...dnsRoots(findings, lookup),
  ]
  const all = [...findings, ...made.map(({ root }) => root)]
  const dns = lookup.workloadsBehind([dnsService])
  const byOwner = Map.groupBy(
    all.filter(({ rule }) => !measurements.has(rule)),
    ({ owner }) => refKey(owner),
  )
  const makers = makersOf(all)
  const edges = [
    ...made.flatMap(({ root, effects }) => effects.map((effect): Edge => ({ effect, cause: root, confidence: 3 }))),
    ...all.flatMap((effect) => [
      ...ownOwner(effect, byOwner),
      ...named(effect, byOwner, makers),
      ...onNode(effect, byOwner),
      ...dependency(effect, byOwner, dns, lookup),
    ]),
  ]
  return { all, edges }
}

/** On one owner: the whole under its parts, symptoms under the container's fault, and further containers under the first. */
function ownOwner(effect: Finding, byOwner: ReadonlyMap<string, Finding[]>): Edge[] {
  const others = (byOwner.get(refKey(effect.owner)) ?? []).filter((other) => other !== effect)
  const causes = others.filter((other) => {
    if (isRollup(other)) return isRollup(effect) && rollups.indexOf(other.rule) < rollups.indexOf(effect.rule)
    if (isRollup(effect)) return !past.has(other.rule)
    if (symptoms.has(effect.rule)) return containerFaults.has(other.rule)
    return (
      other.rule === effect.rule && effect.owner.kind !== 'Node' && (other.container ?? '') < (effect.container ?? '')
    )
  })
  return causes.map((cause) => ({ effect, cause, confidence: 4 }))
}

/** The causes a finding's own evidence names, and what should have made a cause that is missing. */
function named(
  effect: Finding,
  byOwner: ReadonlyMap<string, Finding[]>,
  makers: ReadonlyMap<string, Finding[]>,
): Edge[] {
  return (effect.links.causedBy ?? [])
    .flatMap((ref) => [...(byOwner.get(refKey(ref)) ?? []), ...(makers.get(refKey(ref)) ?? [])])
    .filter((cause) => cause !== effect && !asides.has(cause.rule))
    .map((cause) => ({ effect, cause, confidence: standing.has(effect.owner.kind) ? 2 : 3 }))
}

/** What sits on a dead node, began with it and is of a kind a dead node brings about; evictions under a node's pressure. */
function onNode(effect: Finding, byOwner: ReadonlyMap<string, Finding[]>): Edge[] {
  if (effect.owner.kind === 'Node') return []
  return (effect.links.nodes ?? [])
    .flatMap((name) => byOwner.get(refKey({ kind: 'Node', namespace: '', name })) ?? [])
    .filter(
      (node) =>
        (node.rule === 'NODE_NOT_READY' && nodeEffects.has(effect.rule) && onlyOn(effect) && follows(effect, node)) ||
        evictedBy(effect, node),
    )
    .map((cause) => ({ effect, cause, confidence: effect.rule === 'POD_NODE_LOST' ? 3 : 2 }))
}

/** Pods that fail on several nodes have a cause of their own. Rollups list the very nodes that are down. */
function onlyOn(effect: Finding): boolean {
  return isRollup(effect) || effect.links.nodes?.length === 1
}

function evictedBy({ rule, title }: Finding, node: Finding): boolean {
  const pressure: Record<string, RegExp> = {
    MemoryPressure: /memory/,
    DiskPressure: /storage|disk|imagefs|nodefs/,
    PIDPressure: /\bpids?\b/,
  }
  return (
    rule === 'POD_EVICTED' && node.rule === 'NODE_PRESSURE' && (pressure[node.container ?? '']?.test(title) ?? false)
  )
}

/** A fault of what a Service it names stands on, or of the cluster's DNS, when that began first. */
function dependency(
  effect: Finding,
  byOwner: ReadonlyMap<string, Finding[]>,
  dns: readonly ObjectRef[],
  lookup: Lookup,
): Edge[] {
  if (!dependent.has(effect.rule) || dns.some((ref) => refKey(ref) === refKey(effect.owner))) return []
  const faultsOf = (refs: readonly ObjectRef[]): Finding[] =>
    refs
      .flatMap((ref) => byOwner.get(refKey(ref)) ?? [])
      .filter((cause) => refKey(cause.owner) !== refKey(effect.owner) && !isRollup(cause))
      // A dependency that still serves from other replicas explains nothing.
      .filter((cause) => cause.severity === 'critical' && cause.since !== null && follows(effect, cause))
  return [
    ...faultsOf(lookup.workloadsBehind(effect.links.dependsOn ?? [])).map((cause): Edge => ({
      effect,
      cause,
      confidence: 2,
    })),
    // Beginning after it is a hint; a log that says a name does not resolve is more.
    ...faultsOf(dns).map((cause): Edge => ({ effect, cause, confidence: effect.links.unresolved === true ? 3 : 1 })),
  ]
}

function follows(effect: Finding, cause: Finding): boolean {
  const [late, early] = [toMillis(effect.since), toMillis(cause.since)]
  return late === undefined || early === undefined || late >= early - clockSlack
}
