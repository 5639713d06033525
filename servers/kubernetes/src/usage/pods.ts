import type { Container, Pod } from '@kubevigil/core/kubernetes'
import { podState } from '../diagnose/pod-state.ts'
import type { Sources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { PastDay as KnownDay, PastDays } from '../prometheus/past-day.ts'
import { podUsage, type Usage } from './metrics.ts'
import { amountsOf, podAmounts } from './pod-resources.ts'
import { pastDay, podResource, type Measured, type PastDay, type PodResource } from './rows.ts'

export interface PodRow {
  namespace: string
  pod: string
  node: string
  state: string
  cpu: PodResource
  memory: PodResource
  containers: { name: string; cpu: PodResource; memory: PodResource }[]
  lastDay: PastDay | null
}

/** Most rows kept while the pages pass by; the worst are what is asked for. */
const mostKept = 1000

/** Pods with what they ask for, use and used in the last day, per container and in total; the one nearest its limit first, else the one furthest over its request. */
export async function podRows(
  scope: { namespace: string | undefined; name: string | undefined },
  sortBy: Measured,
  past: Promise<PastDays | undefined>,
  kube: KubeClient,
  sources: Sources,
  signal: AbortSignal,
): Promise<{ rows: PodRow[]; total: number } | undefined> {
  const [days, usage, read] = await Promise.all([
    past,
    podUsage(sources, scope.namespace),
    sources.attempt('pods', async () => {
      const pods: Pod[] = []
      const fieldSelector = `status.phase!=Succeeded,status.phase!=Failed${scope.name === undefined ? '' : `,metadata.name=${scope.name}`}`
      for await (const item of kube.list(await kube.type('pods', signal), {
        namespace: scope.namespace,
        fieldSelector,
        signal,
      }))
        pods.push(slim(item as unknown as Pod))
      return pods
    }),
  ])
  if (read === undefined) return undefined
  const weighed = read
    .map((pod) => ({ pod, measured: usage?.get(keyOf(pod)) }))
    .map((each) => ({ ...each, weight: weightOf(each.pod, each.measured, sortBy) }))
  const worst = weighed.toSorted((a, b) => b.weight[0] - a.weight[0] || b.weight[1] - a.weight[1]).slice(0, mostKept)
  return { rows: worst.map(({ pod, measured }) => rowOf(pod, measured, days?.get(keyOf(pod)))), total: read.length }
}

/** Share of the limit, else of the request; then the amount itself. Containers are weighed singly: one at its limit dies alone. */
function weightOf(pod: Pod, measured: ReadonlyMap<string, Usage> | undefined, of: Measured): [number, number] {
  if (measured === undefined) return [-1, podAmounts(pod.spec, 'requests')[of] ?? 0]
  const shares = pod.spec.containers.map((container) => {
    const used = measured.get(container.name)?.[of] ?? 0
    const against = amountsOf(container.resources?.limits)[of] ?? amountsOf(container.resources?.requests)[of]
    return against === undefined || against === 0 ? 0 : used / against
  })
  return [Math.max(0, ...shares), total(measured, of)]
}

function rowOf(pod: Pod, measured: ReadonlyMap<string, Usage> | undefined, day: KnownDay | undefined): PodRow {
  const [requests, limits] = [podAmounts(pod.spec, 'requests'), podAmounts(pod.spec, 'limits')]
  // The sum of limits bounds a pod only when every container has one.
  const bound = (of: Measured): number | undefined =>
    pod.spec.containers.every((container) => container.resources?.limits?.[of] !== undefined) ? limits[of] : undefined
  const row = (of: Measured): PodResource => {
    return podResource(of, requests[of], bound(of), measured === undefined ? undefined : total(measured, of))
  }
  return {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    node: pod.spec.nodeName ?? '',
    state: podState(pod),
    cpu: row('cpu'),
    memory: row('memory'),
    containers: pod.spec.containers.slice(0, 10).map((container) => {
      const [own, most] = [amountsOf(container.resources?.requests), amountsOf(container.resources?.limits)]
      const used = measured?.get(container.name)
      return {
        name: container.name,
        cpu: podResource('cpu', own['cpu'], most['cpu'], used?.cpu),
        memory: podResource('memory', own['memory'], most['memory'], used?.memory),
      }
    }),
    lastDay: pastDay(day, bound('memory')),
  }
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}

function total(measured: ReadonlyMap<string, Usage>, of: Measured): number {
  return [...measured.values()].reduce((sum, usage) => sum + usage[of], 0)
}

/** Keeps what a row needs: a page of whole pods is five megabytes. */
function slim({ metadata, spec, status }: Pod): Pod {
  const { name, namespace, deletionTimestamp } = metadata
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: {
      containers: spec.containers.map(slimContainer),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(slimContainer) }),
      ...(spec.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    },
    status,
  }
}

function slimContainer({ name, resources, restartPolicy }: Container): Container {
  return {
    name,
    ...(resources === undefined ? {} : { resources }),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  }
}
