import type { Rollout } from '@kubevigil/core/change'
import type { ObjectRef } from '@kubevigil/core/incident'
import { eventTimes, type KubernetesEvent, type KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Sources } from '../diagnose/sources.ts'

interface Autoscaler {
  scaleTargetRef?: { kind?: string; name?: string }
  minReplicas?: number
  maxReplicas?: number
}

/** The last time a HorizontalPodAutoscaler changed the replicas of a workload; empty without one. */
export async function scalingOf(ref: ObjectRef, sources: Sources): Promise<Rollout[]> {
  const autoscalers = await sources.list('horizontalpodautoscalers.autoscaling', { namespace: ref.namespace })
  const own = (autoscalers ?? []).filter((item) => {
    const target = (item.spec as Autoscaler | undefined)?.scaleTargetRef
    return target?.kind === ref.kind && target.name === ref.name && item.status?.['lastScaleTime'] !== undefined
  })
  return Promise.all(own.map((autoscaler) => lastScale(autoscaler, sources)))
}

async function lastScale(autoscaler: KubernetesObject, sources: Sources): Promise<Rollout> {
  const { name, namespace } = autoscaler.metadata
  const fieldSelector = `involvedObject.kind=HorizontalPodAutoscaler,involvedObject.name=${name},reason=SuccessfulRescale`
  const events = (await sources.list('events', {
    namespace,
    fieldSelector,
    most: 100,
    source: `events of ${name}`,
  })) as KubernetesEvent[] | undefined
  const newest = events?.toSorted((a, b) => (eventTimes(b).last ?? '').localeCompare(eventTimes(a).last ?? ''))[0]
  const spec = autoscaler.spec as Autoscaler
  const wanted = Number(autoscaler.status?.['desiredReplicas'] ?? 0)
  const why = newest?.message === undefined ? '' : `: ${newest.message}`
  return {
    time: String(autoscaler.status?.['lastScaleTime']),
    source: 'HorizontalPodAutoscaler',
    revision: '',
    previousRevision: '',
    changes: [
      `${name} scaled it; ${wanted} replicas wanted now (minimum ${spec.minReplicas ?? 1}, maximum ${spec.maxReplicas ?? '?'})${why}`.slice(
        0,
        500,
      ),
    ],
  }
}
