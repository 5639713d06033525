import { refKey, type ObjectRef } from '../incident.ts'
import { controllerOf, type Pod } from '../kubernetes.ts'
import { covered, type ClusterSnapshot } from '../observe.ts'
import { isWorkloadKind, type NamedWorkload } from './objects.ts'

/**
 * Finds the topmost workload that controls a pod. ReplicaSets and Jobs are asked when they were read; when not, their names tell:
 * a Deployment's ReplicaSet ends in the pod's template hash, a CronJob's Job in a number of minutes. Such a guess counts only
 * when the owner it names is there, or could not be looked for.
 */
export function ownerLookup(
  snapshot: ClusterSnapshot,
  workloads: ReadonlyMap<string, NamedWorkload>,
): (pod: Pod) => ObjectRef {
  const known = (ref: ObjectRef): boolean => workloads.has(refKey(ref))
  const plausible = (ref: ObjectRef, plural: 'deployments' | 'cronjobs'): boolean =>
    known(ref) || !covered(snapshot, plural)

  return (pod) => {
    const namespace = pod.metadata.namespace ?? ''
    const self: ObjectRef = { kind: 'Pod', namespace, name: pod.metadata.name }
    const controller = controllerOf(pod)
    // A static pod is owned by its node, which is no workload.
    if (controller?.kind === undefined || controller.name === undefined || controller.kind === 'Node') return self

    const owner: ObjectRef = { kind: controller.kind, namespace, name: controller.name }
    const object = workloads.get(refKey(owner))?.object
    const above = object === undefined ? undefined : controllerOf(object)
    // What an operator makes belongs to its custom resource, but replicas, and what people look at, are the workload's.
    if (above !== undefined && isWorkloadKind(above.kind)) return { kind: above.kind, namespace, name: above.name }
    if (object !== undefined) return owner

    if (owner.kind === 'ReplicaSet') {
      const hash = pod.metadata.labels?.['pod-template-hash']
      if (hash === undefined || !owner.name.endsWith(`-${hash}`)) return owner
      const deployment = { kind: 'Deployment', namespace, name: owner.name.slice(0, -hash.length - 1) }
      return plausible(deployment, 'deployments') ? deployment : owner
    }
    if (owner.kind === 'Job') {
      const name = /^(.+)-\d{8,}$/.exec(owner.name)?.[1]
      const cronJob = { kind: 'CronJob', namespace, name: name ?? '' }
      return name !== undefined && plausible(cronJob, 'cronjobs') ? cronJob : owner
    }
    return owner
  }
}
