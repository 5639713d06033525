import type { ObjectRef } from '@kubevigil/core/incident'
import { controllerOf, type Container, type ContainerStatus, type Pod } from '@kubevigil/core/kubernetes'
import { parseQuantity } from '@kubevigil/core/quantity'
import type { Granted } from '@kubevigil/core/right-size'
import type { KubeClient } from '../kube/client.ts'

/** A container of a workload's template as its pods carry it. */
export interface SizedContainer {
  name: string
  cpu: Granted
  memory: Granted
  /** As `Use.oomKilledAt` has it, from the pods' own words. */
  oomKilledAt?: number
}

export interface Workload {
  ref: ObjectRef
  /** Names of its pods that have not ended. */
  pods: Set<string>
  /** How many of them have a node. */
  placed: number
  containers: Map<string, SizedContainer>
  /** When the newest of its pods was made: a rollout's new pods say what is asked for now. */
  newest: string
}

/** Reads the pods page by page and folds them into their workloads: what a healthy pod costs is its name. */
export async function readWorkloads(
  kube: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Workload[]> {
  const workloads = new Map<string, Workload>()
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed'
  for await (const item of kube.list(await kube.type('pods', signal), { namespace, fieldSelector, signal }))
    fold(workloads, item as unknown as Pod)
  return [...workloads.values()]
}

function fold(workloads: Map<string, Workload>, pod: Pod): void {
  const ref = workloadOf(pod)
  const key = `${ref.kind}/${ref.namespace}/${ref.name}`
  const workload = workloads.get(key) ?? { ref, pods: new Set(), placed: 0, containers: new Map(), newest: '' }
  workloads.set(key, workload)
  workload.pods.add(pod.metadata.name)
  if (pod.spec.nodeName) workload.placed += 1
  const made = pod.metadata.creationTimestamp ?? ''
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]
  for (const container of longRunning(pod)) {
    const own = sizeOf(container)
    const known = workload.containers.get(container.name)
    const killedAt = oomKilledAt(
      own,
      statuses.find((status) => status.name === container.name),
    )
    const killed = Math.max(known?.oomKilledAt ?? -1, killedAt ?? -1)
    workload.containers.set(container.name, {
      ...(known === undefined || made >= workload.newest ? own : known),
      ...(killed >= 0 ? { oomKilledAt: killed } : {}),
    })
  }
  if (made > workload.newest) workload.newest = made
}

/** Its containers and sidecars; an init container that ends holds nothing afterwards. */
function longRunning({ spec }: Pod): Container[] {
  return [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')]
}

function sizeOf({ name, resources }: Container): SizedContainer {
  const granted = (resource: 'cpu' | 'memory'): Granted => {
    const limit = parseQuantity(resources?.limits?.[resource])
    // The API server copies a limit that stands alone into the request.
    return { request: parseQuantity(resources?.requests?.[resource]) ?? limit, limit }
  }
  return { name, cpu: granted('cpu'), memory: granted('memory') }
}

function oomKilledAt({ memory }: SizedContainer, status: ContainerStatus | undefined): number | undefined {
  const ended = [status?.state?.terminated, status?.lastState?.terminated]
  return ended.some((each) => each?.reason === 'OOMKilled') ? (memory.limit ?? 0) : undefined
}

/**
 * The workload a pod belongs to, by the names that controllers give: a Deployment's ReplicaSet ends in the template hash of its pods,
 * a CronJob's Job in a number of minutes. Asking for the owners would be a request for each.
 */
function workloadOf(pod: Pod): ObjectRef {
  const { name, namespace = '', labels } = pod.metadata
  const owner = controllerOf(pod)
  if (owner === undefined || owner.kind === 'Node') return { kind: 'Pod', namespace, name }
  const parents = [
    { of: 'ReplicaSet', kind: 'Deployment', tail: labels?.['pod-template-hash'] },
    { of: 'ReplicaSet', kind: 'Rollout', tail: labels?.['rollouts-pod-template-hash'] },
    { of: 'Job', kind: 'CronJob', tail: /-(\d{8,})$/.exec(owner.name)?.[1] },
  ]
  const parent = parents.find(({ of, tail }) => owner.kind === of && tail && owner.name.endsWith(`-${tail}`))
  if (parent === undefined) return { kind: owner.kind, namespace, name: owner.name }
  return { kind: parent.kind, namespace, name: owner.name.slice(0, -parent.tail!.length - 1) }
}
