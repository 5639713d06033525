import { count, object, text, type JsonObject, type KubernetesObject } from './json.ts'
import { labelPairs, selectorText } from './printers/cells.ts'

/** The scale subresource of a Deployment, StatefulSet, ReplicaSet or ReplicationController. */
export function scaleOf(owner: KubernetesObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = owner.metadata
  const selector = object(owner, 'spec', 'selector')
  const grouped = 'matchLabels' in selector || 'matchExpressions' in selector
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: count(owner, 'spec', 'replicas') },
    status: {
      replicas: count(owner, 'status', 'replicas'),
      selector: grouped ? selectorText(selector) : labelPairs(selector),
    },
  }
}

/** The owner with the replicas a changed scale asks for. The status follows only where controllers run. */
export function withScale(owner: KubernetesObject, scale: JsonObject): KubernetesObject {
  const spec = { ...object(owner, 'spec'), replicas: count(scale, 'spec', 'replicas') }
  const resourceVersion = text(scale, 'metadata', 'resourceVersion')
  return { ...owner, metadata: { ...owner.metadata, resourceVersion }, spec }
}
