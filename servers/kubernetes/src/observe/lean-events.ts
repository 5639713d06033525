import type { KubernetesEvent, KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'

/**
 * The client, but for events: those about pods that were not read whole are left out, and the rest are kept without what no rule
 * reads. In a great outage they are by far the most of what would be held, and nothing would ever look at them.
 * @param pods settles when it is known which pods were read; undefined when they could not be
 */
export function withLeanEvents(client: KubeClient, pods: Promise<readonly Pod[] | undefined>): KubeClient {
  return {
    ...client,
    list: (type, options) => {
      const all = client.list(type, options)
      return type.plural === 'events' && type.group === '' ? leanEvents(all, pods) : all
    },
  }
}

async function* leanEvents(
  events: AsyncIterable<KubernetesObject>,
  pods: Promise<readonly Pod[] | undefined>,
): AsyncGenerator<KubernetesObject> {
  const read = await pods
  const keys = read && new Set(read.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`))
  for await (const item of events) {
    const event = item as Partial<KubernetesEvent>
    const { kind, namespace = '', name = '' } = event.involvedObject ?? {}
    if (keys === undefined || kind !== 'Pod' || keys.has(`${namespace}/${name}`)) yield lean(item)
  }
}

/** Without what is bulky and read by no rule. */
function lean(event: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, creationTimestamp } = event.metadata
  event.metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  }
  return event
}
