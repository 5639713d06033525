import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionOf, type KubernetesObject } from '../../kubernetes.ts'
import type { Usage } from '../../metrics.ts'
import { formatBytes, formatCores, parseQuantity } from '../../quantity.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'

/** Share of what pods may use from which a node is nearly full (popeye notes 80 %, where many nodes run by design). */
const nearlyFull = 0.9
/** A rate over a short window can overshoot by a little; what lies beyond is no measurement. */
const overshoot = 1.1

/**
 * Nodes that are nearly full by what is measured. Memory that runs out evicts pods, so it is a warning; a busy CPU only makes
 * them slower, so it is a note (detection facts, 1.3 and 1.6: throttling never pages alone).
 */
export const nodeUsage: Rule = {
  codes: ['NODE_MEMORY_HIGH', 'NODE_CPU_HIGH'],
  detect: (context) =>
    [...(context.snapshot.metrics?.nodes ?? [])].flatMap(([name, usage]) => {
      const node = context.nodes.get(name)
      // A node that stopped reporting has no usage worth the name.
      return node === undefined || isNotReady(node)
        ? []
        : [...memory(context, node, usage), ...cpu(context, node, usage)]
    }),
}

function memory(context: DetectContext, node: KubernetesObject, usage: Usage): Finding[] {
  const [capacity, allocatable] = amountsOf(node, 'memory')
  // The kubelet's own word says more, and says it first.
  if (conditionOf(node, 'MemoryPressure')?.status === 'True') return []
  // Nobody can use all of a node's memory and live to tell.
  if (!isNearlyFull(usage.memory, allocatable) || usage.memory >= capacity) return []
  return [
    finding(context, {
      rule: 'NODE_MEMORY_HIGH',
      severity: 'warning',
      owner: refOf(node),
      fault: 'node has nearly no memory left',
      evidence: [
        `Memory in use: ${formatBytes(usage.memory)} of ${formatBytes(allocatable)} for pods (${percent(usage.memory, allocatable)})`,
      ],
      causes: ['Pods on it use far more than they request', 'More pods than its memory carries'],
      nextSteps: [
        'kubectl top pods -A --sort-by=memory',
        `kubectl get pods -A -o wide --field-selector spec.nodeName=${node.metadata.name}`,
      ],
      links: { nodes: [node.metadata.name] },
    }),
  ]
}

function cpu(context: DetectContext, node: KubernetesObject, usage: Usage): Finding[] {
  const [capacity, allocatable] = amountsOf(node, 'cpu')
  if (!isNearlyFull(usage.cpu, allocatable) || usage.cpu > capacity * overshoot) return []
  return [
    finding(context, {
      rule: 'NODE_CPU_HIGH',
      severity: 'info',
      owner: refOf(node),
      fault: 'node has nearly no CPU time left',
      evidence: [
        `CPU in use: ${formatCores(usage.cpu)} of ${formatCores(allocatable)} cores for pods (${percent(usage.cpu, allocatable)})`,
      ],
      causes: ['Load peak', 'Pods without CPU requests crowd onto it'],
      nextSteps: ['kubectl top pods -A --sort-by=cpu'],
      links: { nodes: [node.metadata.name] },
    }),
  ]
}

/** What a node has of a resource, and what of it pods may use; 0 when it does not say. */
function amountsOf(node: KubernetesObject, resource: string): [capacity: number, allocatable: number] {
  const { capacity, allocatable } = (node.status ?? {}) as Record<string, Record<string, string> | undefined>
  const whole = parseQuantity(capacity?.[resource]) ?? 0
  return [whole, parseQuantity(allocatable?.[resource]) ?? whole]
}

function isNearlyFull(used: number, allocatable: number): boolean {
  return allocatable > 0 && used > allocatable * nearlyFull
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`
}

function refOf(node: KubernetesObject): ObjectRef {
  return { kind: 'Node', namespace: '', name: node.metadata.name }
}
