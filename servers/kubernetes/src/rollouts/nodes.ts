import type { Rollout } from '@kubevigil/core/change'
import {
  conditionOf,
  eventTimes,
  type KubernetesEvent,
  type KubernetesObject,
  type Pod,
} from '@kubevigil/core/kubernetes'
import { badConditions } from '../diagnose/conditions.ts'
import { selectorOf } from '../diagnose/selectors.ts'
import type { Sources } from '../diagnose/sources.ts'
import type { Node } from '../scheduling/types.ts'

/** Nodes whose changes are told; those of pods that are not ready come first. */
const mostNodes = 10

/** What a node's events tell that can change the pods on it (kubelet and node controller). */
const told: Record<string, string> = {
  NodeNotReady: 'became NotReady',
  NodeReady: 'became Ready',
  NodeNotSchedulable: 'was cordoned',
  NodeSchedulable: 'was uncordoned',
  Rebooted: 'rebooted',
  Starting: 'started its kubelet',
  RegisteredNode: 'joined the cluster',
  RemovingNode: 'left the cluster',
  NodeHasDiskPressure: 'ran into disk pressure',
  NodeHasInsufficientMemory: 'ran into memory pressure',
  NodeHasInsufficientPID: 'ran out of process ids',
  EvictionThresholdMet: 'began to evict pods',
  SystemOOM: 'ran out of memory',
}

/** What changed about the nodes that a workload's pods sit on, a change each. */
export async function nodeChangesOf(workload: KubernetesObject, sources: Sources): Promise<Rollout[]> {
  const labelSelector = selectorOf(workload)
  if (labelSelector === undefined) return []
  const { namespace } = workload.metadata
  const pods = ((await sources.list('pods', { namespace, labelSelector })) ?? []) as unknown as Pod[]
  const names = nodesOf(pods)
  if (names.length === 0) return []
  const [events, ...nodes] = await Promise.all([
    sources.list('events', { fieldSelector: 'involvedObject.kind=Node', source: 'events of nodes' }),
    ...names.map((name) => sources.object('nodes', undefined, name)),
  ])
  return nodes.flatMap((node, index) => {
    const name = names[index]!
    const own = ((events ?? []) as KubernetesEvent[]).filter(({ involvedObject }) => involvedObject.name === name)
    return [...standing(node), ...passed(name, own)].reduce(unlessTold, [])
  })
}

function nodesOf(pods: readonly Pod[]): string[] {
  const worstFirst = pods.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)))
  return [...new Set(worstFirst.flatMap(({ spec }) => spec.nodeName ?? []))].slice(0, mostNodes)
}

function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True'
}

/** What is wrong with a node, since when. */
function standing(node: Node | null | undefined): Rollout[] {
  if (node === null || node === undefined) return []
  return badConditions(node)
    .filter(({ since }) => since !== '')
    .map(({ type, status, since, reason }) =>
      rollout(
        since,
        node.metadata.name,
        type === 'Ready' ? `became NotReady (${reason || status})` : `${type}=${status}`,
      ),
    )
}

function passed(name: string, events: readonly KubernetesEvent[]): Rollout[] {
  return events.flatMap((event) => {
    const what = told[event.reason ?? '']
    const time = eventTimes(event).last
    return what === undefined || time === undefined ? [] : [rollout(time, name, what)]
  })
}

/** The condition and the event of the same change are one; events repeat. */
function unlessTold(kept: Rollout[], next: Rollout): Rollout[] {
  return kept.some((change) => fact(change) === fact(next)) ? kept : [...kept, next]
}

/** What changed, without the reason in parentheses. */
function fact({ changes }: Rollout): string {
  return changes[0]!.replace(/ \(.*/, '')
}

function rollout(time: string, node: string, what: string): Rollout {
  return { time, source: 'Node', revision: '', previousRevision: '', changes: [`node ${node} ${what}`] }
}
