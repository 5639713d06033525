import type { KubernetesObject } from '../../kubernetes.ts'
import { formatBytes, formatCores, parseQuantity } from '../../quantity.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { readinessOf, templateOf, type NamedWorkload } from '../objects.ts'

const resources = ['cpu', 'memory'] as const
type Resource = (typeof resources)[number]

/**
 * Whether what runs would still fit without the biggest node (kubernetes-mixin, KubeCPUOvercommit and KubeMemoryOvercommit).
 * By workloads' templates, since healthy pods are not read: what runs without a workload is left out.
 */
export const overcommit: Rule = {
  codes: ['HYGIENE_OVERCOMMITTED'],
  detect(context) {
    const lines = resources.flatMap((resource) => overcommitted(context, resource))
    if (lines.length === 0) return []
    return [
      finding(context, {
        rule: 'HYGIENE_OVERCOMMITTED',
        severity: 'info',
        owner: { kind: 'Cluster', namespace: '', name: context.snapshot.cluster },
        fault: 'what runs would not fit if the biggest node were lost',
        evidence: lines,
        causes: ['Too few nodes to lose one', 'Requests far above what is used'],
        nextSteps: ['kubectl top nodes', 'kubectl describe nodes | grep -A 8 "Allocated resources"'],
      }),
    ]
  },
}

function overcommitted({ snapshot, nodes, workloads }: DetectContext, resource: Resource): string[] {
  // A look at one namespace sees a part of the requests; one node has no other to fail over to.
  const room = [...nodes.values()].filter((node) => !isNotReady(node)).map((node) => allocatable(node, resource))
  if (snapshot.namespace !== undefined || room.length < 2) return []
  const spare = room.reduce((total, one) => total + one, 0) - Math.max(...room)
  const wanted = [...workloads.values()].reduce((total, workload) => total + requestsOf(workload, resource), 0)
  if (spare <= 0 || wanted <= spare) return []
  const show = (amount: number): string => (resource === 'cpu' ? `${formatCores(amount)} cores` : formatBytes(amount))
  return [`${resource}: ${show(wanted)} are requested, ${show(spare)} are left without the biggest node`]
}

/** Requests of the replicas that run: what could not be placed takes no room. */
function requestsOf(workload: NamedWorkload, resource: Resource): number {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(workload.ref.kind)) return 0
  const each = (templateOf(workload.object)?.spec?.containers ?? []).reduce(
    (total, container) =>
      total + (parseQuantity((container.resources?.requests ?? container.resources?.limits)?.[resource]) ?? 0),
    0,
  )
  return each * (readinessOf(workload).ready ?? 0)
}

function allocatable({ status }: KubernetesObject, resource: Resource): number {
  const { allocatable: amounts, capacity } = (status ?? {}) as Record<string, Record<string, string> | undefined>
  return parseQuantity((amounts ?? capacity)?.[resource]) ?? 0
}
