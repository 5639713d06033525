import { refKey, type ObjectRef } from '../incident.ts'
import type { KubernetesObject } from '../kubernetes.ts'
import { covered, type ClusterSnapshot } from '../observe.ts'
import { findObject, readinessOf, selectsLabels, templateOf, workloadsOf } from './objects.ts'

/** What stands behind a Service. */
export interface Backends {
  /** Endpoints that are ready, and all of them; undefined when endpoints were not read whole. */
  endpoints: { ready: number; total: number; pods: string[] } | undefined
  /** Workloads whose pod template its selector matches, and whether they are meant to run pods. */
  workloads: { ref: ObjectRef; wanted: boolean }[]
}

interface EndpointSlice extends KubernetesObject {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[] | null
}

/** Labels of a slice that name its Service (discovery.k8s.io/v1). */
const serviceLabel = 'kubernetes.io/service-name'

export function backendsOf(snapshot: ClusterSnapshot, service: KubernetesObject): Backends {
  const namespace = service.metadata.namespace ?? ''
  const selector = service.spec?.['selector'] as Record<string, string> | undefined
  const slices = (snapshot.objects.endpointslices as readonly EndpointSlice[]).filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[serviceLabel] === service.metadata.name,
  )
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? [])
  return {
    endpoints: covered(snapshot, 'endpointslices')
      ? {
          // An endpoint that does not say is to be taken as ready (discovery.k8s.io/v1 EndpointConditions).
          ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length,
          total: endpoints.length,
          pods: endpoints
            .filter(({ targetRef }) => targetRef?.kind === 'Pod')
            .map(({ targetRef }) => targetRef?.name ?? ''),
        }
      : undefined,
    workloads: workloadsOf(snapshot)
      .filter(({ ref }) => ref.namespace === namespace && !['ReplicaSet', 'Job', 'CronJob'].includes(ref.kind))
      .filter(({ object }) => selectsLabels(selector, templateOf(object)?.metadata?.labels))
      .map((workload) => ({ ref: workload.ref, wanted: readinessOf(workload).desired !== 0 })),
  }
}

/** The workloads behind Services given by name. */
export function workloadsBehind(snapshot: ClusterSnapshot, services: readonly ObjectRef[]): ObjectRef[] {
  const found = services
    .map(({ namespace, name }) => findObject(snapshot, 'services', namespace, name))
    .filter((service) => service !== undefined)
    .flatMap((service) => backendsOf(snapshot, service).workloads.map(({ ref }) => ref))
  return [...new Map(found.map((ref) => [refKey(ref), ref])).values()]
}
