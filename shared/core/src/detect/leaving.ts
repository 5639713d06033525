import type { KubernetesObject, Pod } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'

/** Taints by which autoscalers and spot handlers announce that the node goes on purpose (kubernetes-mixin). */
const leavingTaints = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'DeletionCandidateOfClusterAutoscaler',
  'cloud.google.com/impending-node-termination',
  'aws-node-termination-handler/spot-itn',
  'karpenter.sh/disrupted',
])

/** Whether a node is being removed on purpose. */
export function isLeaving({ spec }: KubernetesObject): boolean {
  return ((spec?.['taints'] ?? []) as { key: string }[]).some(({ key }) => leavingTaints.has(key))
}

/** Whether a pod goes with its node: if nothing takes its place, its workload tells. */
export function onLeavingNode({ nodes }: DetectContext, { spec }: Pod): boolean {
  const node = nodes.get(spec.nodeName ?? '')
  return node !== undefined && isLeaving(node)
}
