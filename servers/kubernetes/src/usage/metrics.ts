import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { parseQuantity } from '@kubevigil/core/quantity'
import type { Sources } from '../diagnose/sources.ts'

/** Cores and bytes in use. */
export interface Usage {
  cpu: number
  memory: number
}

/** Usage of nodes by name; undefined when there is no metrics API or it does not answer. */
export async function nodeUsage(sources: Sources): Promise<Map<string, Usage> | undefined> {
  const items = measured(await sources.list('nodes.metrics.k8s.io', { most: 5000, source: 'metrics' }), sources)
  return items && new Map(items.map((item) => [item.metadata.name, usageOf(item['usage'])]))
}

/** Usage of pods by `namespace/name`, each with its containers by name. */
export async function podUsage(
  sources: Sources,
  namespace: string | undefined,
): Promise<Map<string, Map<string, Usage>> | undefined> {
  const items = measured(
    await sources.list('pods.metrics.k8s.io', { namespace, most: 20_000, source: 'metrics' }),
    sources,
  )
  return (
    items &&
    new Map(
      items.map((item) => {
        const containers = (item['containers'] ?? []) as { name: string; usage?: unknown }[]
        return [
          `${item.metadata.namespace}/${item.metadata.name}`,
          new Map(containers.map((container) => [container.name, usageOf(container.usage)])),
        ]
      }),
    )
  )
}

/** An API the cluster does not offer reads as an empty list; here the difference matters. */
function measured(items: KubernetesObject[] | undefined, { coverage }: Sources): KubernetesObject[] | undefined {
  return coverage.some((entry) => entry.source === 'metrics' && entry.status === 'absent') ? undefined : items
}

function usageOf(value: unknown): Usage {
  const { cpu, memory } = (value ?? {}) as { cpu?: string; memory?: string }
  return { cpu: parseQuantity(cpu) ?? 0, memory: parseQuantity(memory) ?? 0 }
}
