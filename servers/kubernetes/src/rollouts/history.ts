import type { Management, Rollout } from '@kubevigil/core/change'
import type { ObjectRef } from '@kubevigil/core/incident'
import type { KubernetesEvent, KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Found } from '../diagnose/find-object.ts'
import { ownersOf } from '../diagnose/find-object.ts'
import { selectorOf } from '../diagnose/selectors.ts'
import type { Sources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import { argoOf } from './argocd.ts'
import { fluxOf } from './flux.ts'
import { helmOf } from './helm.ts'
import { nodeChangesOf } from './nodes.ts'
import { controllerRevisionRollouts, replicaSetRollouts } from './revisions.ts'
import { scalingOf } from './scaling.ts'

const unmanaged: Management = { tool: 'none', application: '', repository: '', path: '', branch: '', selfHeal: false }

/** The object whose rollouts are meant: a pod or ReplicaSet stands for the workload that owns it. */
export async function workloadOf(kube: KubeClient, found: Found, signal: AbortSignal): Promise<Found> {
  if (found.ref.kind !== 'Pod' && found.ref.kind !== 'ReplicaSet' && found.ref.kind !== 'Job') return found
  return (await ownersOf(kube, found.object, signal)).at(-1) ?? found
}

/** All that changed about a workload, newest first, and who applies it. What cannot be read stands in the sources' coverage. */
export async function historyOf(
  kube: KubeClient,
  { object, ref }: Found,
  sources: Sources,
  signal: AbortSignal,
): Promise<{ management: Management; rollouts: Rollout[] }> {
  const [revisions, scaling, nodes, argo, flux, helm] = await Promise.all([
    revisionsOf(object, ref, sources),
    scalingOf(ref, sources),
    nodeChangesOf(object, sources),
    argoOf(object, ref, sources),
    fluxOf(object, sources),
    helmOf(object, kube, sources, signal),
  ])
  // Argo CD and Flux may render Helm charts; then they are the ones that apply.
  const applied = argo ?? flux ?? helm
  const rollouts = [...revisions, ...scaling, ...nodes, ...(applied?.rollouts ?? [])].toSorted(
    (a, b) => Date.parse(b.time) - Date.parse(a.time),
  )
  return { management: applied?.management ?? unmanaged, rollouts }
}

/** Rollouts of a workload out of the revisions the cluster keeps of it; empty for other kinds. */
export async function revisionsOf(workload: KubernetesObject, ref: ObjectRef, sources: Sources): Promise<Rollout[]> {
  const options = { namespace: ref.namespace, labelSelector: selectorOf(workload) }
  if (ref.kind === 'Deployment') {
    const fieldSelector = `involvedObject.kind=Deployment,involvedObject.name=${ref.name},reason=ScalingReplicaSet`
    const [sets, events] = await Promise.all([
      sources.list('replicasets.apps', options),
      sources.list('events', { namespace: ref.namespace, fieldSelector }) as Promise<KubernetesEvent[] | undefined>,
    ])
    return replicaSetRollouts(workload, sets ?? [], events ?? [])
  }
  if (ref.kind !== 'StatefulSet' && ref.kind !== 'DaemonSet') return []
  return controllerRevisionRollouts(workload, (await sources.list('controllerrevisions.apps', options)) ?? [])
}
