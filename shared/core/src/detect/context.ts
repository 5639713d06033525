import { refKey, type Finding, type ObjectRef } from '../incident.ts'
import { conditionOf, eventTimes, type KubernetesEvent, type KubernetesObject, type Pod } from '../kubernetes.ts'
import type { ClusterSnapshot } from '../observe.ts'
import { toMillis } from '../time.ts'
import { buildLookup, type Lookup } from './lookup.ts'
import { ownerLookup } from './owners.ts'
import { compareText } from './text.ts'

export interface DetectOptions {
  /** Restarts from which a container counts as restarting often (POD_RESTART_THRESHOLD). */
  restartThreshold: number
  /** Whether to look at habits, too: what is not broken but invites trouble. Off unless said otherwise. */
  hygiene?: boolean
}

/** 5: what Robusta, popeye and k8s-cluster-agent ship. */
export const defaultDetectOptions: DetectOptions = { restartThreshold: 5 }

/** What every rule may look at. Indexes are built once for all rules. */
export interface DetectContext extends Lookup {
  readonly options: DetectOptions
  readonly now: number
  /** Pods by namespace and name, so that whatever order they were read in, findings come out alike. */
  readonly pods: readonly Pod[]
  readonly nodes: ReadonlyMap<string, KubernetesObject>
  /** Topmost controller of a pod, or the pod itself. */
  ownerOf(pod: Pod): ObjectRef
  /** The pods that were read of an owner. */
  podsOf(owner: ObjectRef): readonly Pod[]
  /** Events that say what they are about. */
  readonly events: readonly KubernetesEvent[]
  /** Events about an object, oldest sighting first. */
  eventsOf(ref: ObjectRef, uid?: string): readonly KubernetesEvent[]
}

/** One detection: a list of codes it may give, and a function of the context alone. */
export interface Rule {
  codes: readonly string[]
  detect(context: DetectContext): Finding[]
}

export function buildContext(snapshot: ClusterSnapshot, options: DetectOptions, now: number): DetectContext {
  const lookup = buildLookup(snapshot)
  const events = (snapshot.objects.events as readonly Partial<KubernetesEvent>[]).filter(isWhole)
  const byObject = Map.groupBy(events, eventKey)
  for (const list of byObject.values())
    list.sort((a, b) => lastSeen(a) - lastSeen(b) || compareText(a.metadata.name, b.metadata.name))
  const pods = snapshot.objects.pods.map(whole).sort((a, b) => compareText(podKey(a), podKey(b)))
  const lookUp = ownerLookup(snapshot, lookup.workloads)
  const owners = new Map(pods.map((pod) => [pod, lookUp(pod)]))
  const byOwner = Map.groupBy(pods, (pod) => refKey(owners.get(pod)!))
  return {
    ...lookup,
    options,
    now,
    pods,
    events,
    nodes: new Map(snapshot.objects.nodes.map((node) => [node.metadata.name, node])),
    ownerOf: (pod) => owners.get(pod) ?? lookUp(pod),
    podsOf: (owner) => byOwner.get(refKey(owner)) ?? [],
    eventsOf: (ref, uid) =>
      (byObject.get(refKey(ref)) ?? []).filter(
        ({ involvedObject }) => uid === undefined || involvedObject.uid === undefined || involvedObject.uid === uid,
      ),
  }
}

/** When an event was last seen, in milliseconds; 0 when it does not say. */
export function lastSeen(event: KubernetesEvent): number {
  return toMillis(eventTimes(event).last) ?? 0
}

/** Whether a pod's node has stopped reporting, so that what the pod's status says is stale. */
export function onLostNode(context: DetectContext, pod: Pod): boolean {
  const node = context.nodes.get(pod.spec.nodeName ?? '')
  return node !== undefined && isNotReady(node)
}

export function isNotReady(node: KubernetesObject): boolean {
  const ready = conditionOf(node, 'Ready')
  return ready !== undefined && ready.status !== 'True'
}

/** Real objects miss fields: a pod seen while it is made may have no status yet. */
function whole(pod: Pod): Pod {
  const { spec, status } = pod as Partial<Pod>
  if (spec?.containers !== undefined && status !== undefined) return pod
  return { ...pod, spec: { ...spec, containers: spec?.containers ?? [] }, status: status ?? {} }
}

function isWhole(event: Partial<KubernetesEvent>): event is KubernetesEvent {
  return event.involvedObject !== undefined && event.metadata !== undefined
}

function podKey({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function eventKey({ involvedObject, metadata }: KubernetesEvent): string {
  const { kind = '', name = '', namespace } = involvedObject
  // Events of cluster-scoped objects are kept in a namespace, but are not about an object of it.
  return refKey({ kind, namespace: namespace ?? (kind === 'Node' ? '' : (metadata.namespace ?? '')), name })
}
