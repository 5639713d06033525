import { refKey, type Finding } from '../incident.ts'
import type { Lookup } from '../detect/lookup.ts'
import { dependencies, isDependent } from './dependencies.ts'
import { dnsRoots } from './dns.ts'
import { follows, isRollup, rollups, type Edge } from './edge.ts'
import { nodeRoots, registryRoots, zoneRoots } from './outages.ts'
import { asides, makersOf, namedRoots } from './roots.ts'

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

/** What is wrong with a node, and what is told of it besides: all of one node that is down is one incident. */
const nodeVerdicts = new Set(['NODE_NOT_READY', 'NODE_STARTS_NO_PODS'])
const nodeSigns = new Set(['NODE_CONDITION', 'NODE_PRESSURE', 'NODE_EVENT', 'NODE_FLAPPING'])

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
  const byOwner = Map.groupBy(
    all.filter(({ rule }) => !measurements.has(rule)),
    ({ owner }) => refKey(owner),
  )
  const makers = makersOf(all)
  const onDependencies = dependencies(byOwner, lookup)
  const edges = [
    ...made.flatMap(({ root, effects }) => effects.map((effect): Edge => ({ effect, cause: root, confidence: 3 }))),
    ...all.flatMap((effect) => [
      ...ownOwner(effect, byOwner),
      ...named(effect, byOwner, makers),
      ...onNode(effect, byOwner),
      ...onDependencies(effect),
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
    if (nodeSigns.has(effect.rule)) return nodeVerdicts.has(other.rule)
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
  return (
    (effect.links.causedBy ?? [])
      // What a program says of a Service is weighed with what stands behind it.
      .filter(({ kind }) => kind !== 'Service' || !isDependent(effect))
      .flatMap((ref) => [...(byOwner.get(refKey(ref)) ?? []), ...(makers.get(refKey(ref)) ?? [])])
      .filter((cause) => cause !== effect && !asides.has(cause.rule))
      .map((cause) => ({ effect, cause, confidence: standing.has(effect.owner.kind) ? 2 : 3 }))
  )
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
