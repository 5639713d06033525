import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { PodUsage, Usage } from '@kubevigil/core/metrics'
import { covered, type ClusterSnapshot, type Coverage } from '@kubevigil/core/observe'
import { parseQuantity } from '@kubevigil/core/quantity'
import type { KubeClient } from '../kube/client.ts'
import type { Discovery, ResourceType } from '../kube/discovery.ts'
import { coverageOf } from './coverage.ts'

/** Pods up to which their usage is read: about a megabyte. A bigger cluster shows it namespace by namespace. */
const mostPods = 2000
/** The metrics API is a server of its own; waiting for it must not cost the look. */
const timeoutMs = 5000
const group = 'metrics.k8s.io'

/**
 * The snapshot with what its metrics API tells: the nodes' usage always, the pods' only where they are few enough. Never throws
 * because metrics cannot be read: coverage `metrics` says it, `absent` when the cluster offers none.
 */
export async function withMetrics(
  client: KubeClient,
  snapshot: ClusterSnapshot,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  if (!covered(snapshot, 'api')) return snapshot
  const { namespace, census } = snapshot
  const discovery = await client.discovery(signal)
  const [nodeType, podType] = ['nodes', 'pods'].map((plural) =>
    discovery.types.find((type) => type.group === group && type.plural === plural),
  )
  if (nodeType === undefined || podType === undefined)
    return { ...snapshot, coverage: [...snapshot.coverage, notOffered(discovery)] }
  const few = census.total <= mostPods
  const [nodes, pods] = await Promise.all([
    read(client, nodeType, undefined, signal),
    few ? read(client, podType, namespace, signal) : { items: [], coverage: tooMany(census.total) },
  ])
  // The worse of the two speaks; what was read of the other counts all the same.
  const gap = [nodes.coverage, pods.coverage].find(({ status }) => status !== 'ok')
  return {
    ...snapshot,
    coverage: [...snapshot.coverage, gap ?? { source: 'metrics', status: 'ok', detail: '' }],
    metrics: {
      nodes: new Map(nodes.items.map((item) => [item.metadata.name, usageOf(item['usage'])])),
      pods: pods.items.map(podUsage),
    },
  }
}

async function read(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ items: KubernetesObject[]; coverage: Coverage }> {
  const items: KubernetesObject[] = []
  try {
    for await (const item of client.list(type, { namespace, signal, timeoutMs })) items.push(item)
    return { items, coverage: coverageOf('metrics', items.length) }
  } catch (error) {
    signal.throwIfAborted()
    return { items, coverage: coverageOf('metrics', items.length, error) }
  }
}

/** A group whose server is down lists no types, which must not read as if the cluster had none. */
function notOffered({ stale }: Discovery): Coverage {
  return stale.some((name) => name.startsWith(`${group}/`))
    ? { source: 'metrics', status: 'error', detail: 'the server of the metrics API does not answer' }
    : { source: 'metrics', status: 'absent', detail: 'the cluster does not offer it' }
}

function tooMany(pods: number): Coverage {
  const detail = `of nodes only: ${pods} pods are too many to ask for; narrow to a namespace`
  return { source: 'metrics', status: 'partial', detail }
}

function podUsage({ metadata, ...rest }: KubernetesObject): PodUsage {
  const containers = (rest['containers'] ?? []) as { name: string; usage?: unknown }[]
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    containers: new Map(containers.map(({ name, usage }) => [name, usageOf(usage)])),
  }
}

/** Usage as the metrics API words it; what is missing or unreadable counts as nothing, which accuses nobody. */
function usageOf(value: unknown): Usage {
  const { cpu, memory } = (value ?? {}) as { cpu?: string; memory?: string }
  return { cpu: parseQuantity(cpu) ?? 0, memory: parseQuantity(memory) ?? 0 }
}
