import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'

/** Where every distribution keeps the configuration of the cluster's DNS server. */
const place = { namespace: 'kube-system', name: 'coredns' }

/**
 * ConfigMaps read by name, with the one of CoreDNS among them replaced by the whole object. When it cannot be read, its name
 * stays: what it says is then unknown.
 */
export async function withDnsConfig(
  client: KubeClient,
  type: ResourceType,
  configMaps: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  return Promise.all(
    configMaps.map(async (item) => {
      if (item.metadata.name !== place.name || item.metadata.namespace !== place.namespace) return item
      return client.object(type, place.namespace, place.name, signal).catch(() => {
        signal.throwIfAborted()
        return item
      })
    }),
  )
}
