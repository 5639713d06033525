import type { ObjectRef } from '../incident.ts'
import type { Container, ContainerStatus, Pod } from '../kubernetes.ts'
import { conditionOf } from '../kubernetes.ts'
import { toMillis } from '../time.ts'
import type { DetectContext } from './context.ts'

/** A container with its status. Ephemeral containers are left out: they never restart and their exit means nothing. */
export interface ContainerView {
  name: string
  spec: Container | undefined
  status: ContainerStatus
  role: 'app' | 'init' | 'sidecar'
}

/** The containers of a pod in the order they start. */
export function containersOf({ spec, status }: Pod): ContainerView[] {
  return [
    ...views(spec.initContainers, status.initContainerStatuses, true),
    ...views(spec.containers, status.containerStatuses, false),
  ]
}

function views(list: Container[] | undefined, statuses: ContainerStatus[] | undefined, init: boolean): ContainerView[] {
  return (statuses ?? []).map((status) => {
    const container = list?.find(({ name }) => name === status.name)
    // An init container that restarts always is a native sidecar (1.28): it is meant to run on.
    const role = init ? (container?.restartPolicy === 'Always' ? 'sidecar' : 'init') : 'app'
    return { name: status.name, spec: container, status, role }
  })
}

/** Pods that should be running: neither ended nor being deleted. Ended ones are judged by their Job or by `ended-pods`. */
export function livePods({ pods }: Pick<DetectContext, 'pods'>): Pod[] {
  return pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed',
  )
}

export function refOfPod({ metadata }: Pod): ObjectRef {
  return { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name }
}

export function createdAt(object: { metadata: { creationTimestamp?: string } }): number {
  return toMillis(object.metadata.creationTimestamp) ?? 0
}

/** When the pod stopped being ready; undefined while it is ready. */
export function unreadySince(pod: Pod): number | undefined {
  const ready = conditionOf(pod, 'Ready')
  return ready === undefined || ready.status === 'True' ? undefined : toMillis(ready.lastTransitionTime)
}

/** The earliest of some moments, but not before the pod was there: event counters can be older than their object. */
export function onset(pod: Pod, moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined && moment > 0) as number[]
  return known.length === 0 ? undefined : Math.max(Math.min(...known), createdAt(pod))
}
