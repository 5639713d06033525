import { refKey, type ObjectRef } from '../incident.ts'
import type { Container, ContainerStatus, Pod } from '../kubernetes.ts'
import type { PodUsage, Usage } from '../metrics.ts'
import type { DetectContext } from './context.ts'
import { selectsLabels, templateOf, type NamedWorkload } from './objects.ts'

/** What a container uses, beside what is known of it. */
export interface Reading {
  owner: ObjectRef
  pod: ObjectRef
  /** As its pod has it when the pod was read whole, else as its workload's template has it. */
  container: Container
  usage: Usage
  /** The pod and the container's status, when the pod was read whole. */
  read?: { pod: Pod; status: ContainerStatus | undefined }
}

const kinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** Joins measured containers with what their pods, or the workloads that select these, say of them; others are left out. */
export function readingsOf(context: DetectContext): Reading[] {
  const pods = new Map(context.pods.map((pod) => [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod]))
  const workloads = Map.groupBy(
    [...context.workloads.values()].filter(({ ref }) => kinds.has(ref.kind)),
    ({ ref }) => ref.namespace,
  )
  return (context.snapshot.metrics?.pods ?? []).flatMap((measured) => {
    const pod = pods.get(`${measured.namespace}/${measured.name}`)
    return pod === undefined
      ? fromTemplate(measured, workloads.get(measured.namespace) ?? [])
      : fromPod(context, measured, pod)
  })
}

function fromPod(context: DetectContext, measured: PodUsage, pod: Pod): Reading[] {
  const owner = context.ownerOf(pod)
  return pod.spec.containers.flatMap((container) => {
    const usage = measured.containers.get(container.name)
    const status = pod.status.containerStatuses?.find(({ name }) => name === container.name)
    return usage === undefined ? [] : [{ owner, pod: refOf(measured), container, usage, read: { pod, status } }]
  })
}

/** Selectors of two workloads must not overlap; where they do, nobody can tell whose the pod is. */
function fromTemplate(measured: PodUsage, workloads: readonly NamedWorkload[]): Reading[] {
  const owners = workloads.filter(({ object }) => selectsLabels(object.spec?.selector?.matchLabels, measured.labels))
  const [owner] = owners
  if (owner === undefined || owners.some(({ ref }) => refKey(ref) !== refKey(owner.ref))) return []
  return (templateOf(owner.object)?.spec?.containers ?? []).flatMap((container) => {
    const usage = measured.containers.get(container.name)
    return usage === undefined ? [] : [{ owner: owner.ref, pod: refOf(measured), container, usage }]
  })
}

function refOf({ namespace, name }: PodUsage): ObjectRef {
  return { kind: 'Pod', namespace, name }
}
