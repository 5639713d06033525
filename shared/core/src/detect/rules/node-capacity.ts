import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { parseQuantity } from '../../quantity.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'

/** Share of a node's pods from which new ones soon do not fit (kubernetes-mixin, KubeletTooManyPods). */
const nearlyFull = 0.95

/** Nodes that soon take no more pods. */
export const nodeCapacity: Rule = {
  codes: ['NODE_PODS_NEARLY_FULL'],
  detect: (context) => [...context.nodes.values()].flatMap((node) => fullOfPods(context, node)),
}

function fullOfPods(context: DetectContext, node: KubernetesObject): Finding[] {
  const most = allocatable(node, 'pods')
  const used = context.snapshot.census.byNode.get(node.metadata.name) ?? 0
  // A node made for one pod (Fargate) is always full.
  if (most <= 1 || used <= most * nearlyFull) return []
  return [
    finding(context, {
      rule: 'NODE_PODS_NEARLY_FULL',
      severity: 'info',
      owner: refOf('nodes', node),
      fault: 'node runs nearly as many pods as it may',
      evidence: [`Pods: ${used} of ${most}`],
      causes: ['Many small pods', 'Ended pods that nobody removed'],
      nextSteps: [`kubectl get pods -A -o wide --field-selector spec.nodeName=${node.metadata.name}`],
      links: { nodes: [node.metadata.name] },
    }),
  ]
}

function allocatable({ status }: KubernetesObject, resource: string): number {
  const { allocatable: amounts, capacity } = (status ?? {}) as Record<string, Record<string, string> | undefined>
  return parseQuantity((amounts ?? capacity)?.[resource]) ?? 0
}
