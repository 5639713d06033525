import { conditionOf } from '../kubernetes.ts'
import { refKey, type ObjectRef } from '../incident.ts'
import type { DetectContext } from './context.ts'
import { kinds, readinessOf, templateOf, type NamedWorkload } from './objects.ts'

/** Where network plugins put their program and configuration on a node (CNI specification, kubelet defaults). */
const networkPaths = /^\/(?:etc\/cni|opt\/cni)\b/
/** Sidecars that turn claims into calls of a storage driver (kubernetes-csi). */
const driverSidecars = /^(?:csi-|external-)(?:provisioner|attacher|resizer)$/

/**
 * The workloads that serve a storage driver and have nothing ready, so that nobody does: those whose pod template names it, as the socket path of every node plugin does, and
 * the controllers beside them, which some drivers (EBS) tell by nothing but their sidecars and a name that begins alike.
 * @param driver provisioner of a StorageClass, such as ebs.csi.aws.com
 */
export function driverWorkloadsDown({ workloads }: DetectContext, driver: string): ObjectRef[] {
  const all = [...workloads.values()].filter(({ ref }) => ref.kind !== kinds.replicasets)
  const naming = all.filter((workload) => JSON.stringify(templateOf(workload.object)?.spec ?? {}).includes(driver))
  const beside = all.filter(
    (workload) =>
      hasSidecar(workload) &&
      naming.some(({ ref }) => ref.namespace === workload.ref.namespace && family(ref) === family(workload.ref)),
  )
  const down = [...naming, ...beside].filter((workload) => readinessOf(workload).ready === 0)
  return [...new Map(down.map(({ ref }) => [refKey(ref), ref])).values()]
}

/** DaemonSets that give pods their network and have a pod on this node that is not ready. */
export function networkDaemonsOn(context: DetectContext, node: string): ObjectRef[] {
  return [...context.workloads.values()]
    .filter(({ ref, object }) => ref.kind === kinds.daemonsets && mountsNetworkPaths(object))
    .map(({ ref }) => ref)
    .filter((ref) =>
      context.podsOf(ref).some((pod) => pod.spec.nodeName === node && conditionOf(pod, 'Ready')?.status !== 'True'),
    )
}

function mountsNetworkPaths(object: NamedWorkload['object']): boolean {
  return (templateOf(object)?.spec?.volumes ?? []).some(({ hostPath }) =>
    networkPaths.test((hostPath as { path?: string } | undefined)?.path ?? ''),
  )
}

function hasSidecar({ object }: NamedWorkload): boolean {
  return (templateOf(object)?.spec?.containers ?? []).some(({ name }) => driverSidecars.test(name))
}

function family({ name }: ObjectRef): string {
  return name.split('-')[0]!
}
