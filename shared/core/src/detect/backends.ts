import type { ObjectRef } from '../incident.ts'
import type { KubernetesObject } from '../kubernetes.ts'
import { readinessOf, selectsLabels, templateOf, type NamedWorkload } from './objects.ts'

/** What stands behind a Service. */
export interface Backends {
  /** Endpoints that are ready, and all of them; undefined when endpoints were not read whole. */
  endpoints: { ready: number; total: number; pods: string[] } | undefined
  /** Workloads whose pod template its selector matches, and whether they are meant to run pods. */
  workloads: { ref: ObjectRef; wanted: boolean }[]
}

export interface EndpointSlice extends KubernetesObject {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[] | null
}

/** Label of a slice that names its Service (discovery.k8s.io/v1). */
export const serviceLabel = 'kubernetes.io/service-name'

/** Kinds whose pods serve; ReplicaSets are left to their Deployment, and pods of Jobs come and go. */
const servingKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** @param slices the Service's EndpointSlices, undefined when they were not read; @param workloads those of its namespace */
export function backendsOf(
  service: KubernetesObject,
  slices: readonly EndpointSlice[] | undefined,
  workloads: readonly NamedWorkload[],
): Backends {
  const selector = service.spec?.['selector'] as Record<string, string> | undefined
  const endpoints = slices?.flatMap((slice) => slice.endpoints ?? [])
  return {
    endpoints: endpoints && {
      // An endpoint that does not say is to be taken as ready (discovery.k8s.io/v1 EndpointConditions).
      ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length,
      total: endpoints.length,
      pods: endpoints
        .filter(({ targetRef }) => targetRef?.kind === 'Pod')
        .map(({ targetRef }) => targetRef?.name ?? ''),
    },
    workloads: workloads
      .filter(({ ref }) => servingKinds.has(ref.kind))
      .filter(({ object }) => selectsLabels(selector, templateOf(object)?.metadata?.labels))
      .map((workload) => ({ ref: workload.ref, wanted: readinessOf(workload).desired !== 0 })),
  }
}
