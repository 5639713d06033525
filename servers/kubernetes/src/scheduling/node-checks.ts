import type { Pod } from '@kubevigil/core/kubernetes'
import { formatResource } from '@kubevigil/core/quantity'
import { categoryOfTaint } from '@kubevigil/core/scheduling'
import { matchesExpression } from '../diagnose/selectors.ts'
import { add, amountsOf, podAmounts } from '../usage/pod-resources.ts'
import type { ClaimFact, Node, NodeFailure, NodeSelectorTerm, SchedulingSpec, Taint } from './types.ts'

/**
 * Why a node cannot take a pod, in the order in which the scheduler's filters run: cordon, name, taints, node affinity, host
 * ports, resources, volumes. The scheduler stops at the first, so the first is what it counted; the rest would come next.
 * Pod affinity, topology spread and volume limits are left to the scheduler: they need the whole cluster.
 * @param neighbours the pods on the node; undefined when they were not read, so that only its size can be judged
 */
export function checkNode(
  pod: Pod,
  node: Node,
  neighbours: readonly Pod[] | undefined,
  claims: readonly ClaimFact[],
): NodeFailure[] {
  const spec = pod.spec as SchedulingSpec
  const others = neighbours?.filter(
    (other) => other.metadata.uid !== pod.metadata.uid || other.metadata.name !== pod.metadata.name,
  )
  return [
    ...checkCordon(spec, node),
    ...checkTaints(spec, node),
    ...checkSelector(spec, node),
    ...checkPorts(spec, others ?? []),
    ...checkResources(spec, node, others),
    ...checkVolumes(node, claims),
  ]
}

/** Whether a pod tolerates a taint (core/v1 Toleration.ToleratesTaint). */
export function tolerates(tolerations: SchedulingSpec['tolerations'], taint: Taint): boolean {
  return (tolerations ?? []).some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (key === undefined || key === ''
        ? operator === 'Exists'
        : key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''))),
  )
}

/** `key=value:Effect`, as kubectl writes a taint. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`
}

function checkCordon(spec: SchedulingSpec, node: Node): NodeFailure[] {
  const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
  return node.spec?.unschedulable === true && !tolerates(spec.tolerations, cordon)
    ? [{ category: 'Cordoned', text: 'the node is cordoned' }]
    : []
}

function checkTaints(spec: SchedulingSpec, node: Node): NodeFailure[] {
  return (node.spec?.taints ?? [])
    .filter(
      (taint) =>
        taint.effect !== 'PreferNoSchedule' &&
        taint.key !== 'node.kubernetes.io/unschedulable' &&
        !tolerates(spec.tolerations, taint),
    )
    .map((taint) => ({ category: categoryOfTaint(taint.key), text: `taint ${taintText(taint)} is not tolerated` }))
}

function checkSelector(spec: SchedulingSpec, node: Node): NodeFailure[] {
  const labels = node.metadata.labels ?? {}
  const selector = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }))
  const wrong = selector
    .filter((expression) => !matchesExpression(expression, labels))
    .map((expression) => unmet(expression, labels))
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const offTerms = terms === undefined ? [] : unmetTerms(terms, node)
  return [...wrong, ...(offTerms.length > 0 ? [offTerms.join(', or ')] : [])].map((text) => ({
    category: 'NodeSelector' as const,
    text,
  }))
}

/** What each alternative misses on the node; empty when one of them holds. */
export function unmetTerms(terms: readonly NodeSelectorTerm[], node: Node): string[] {
  const labels = node.metadata.labels ?? {}
  const missing = terms.map((term) => [
    ...(term.matchExpressions ?? [])
      .filter((expression) => !matchesExpression(expression, labels))
      .map((expression) => unmet(expression, labels)),
    ...(term.matchFields ?? [])
      .filter((field) => !matchesExpression(field, { 'metadata.name': node.metadata.name }))
      .map((field) => `the node's name ${field.operator} ${(field.values ?? []).join(', ')} is wanted`),
  ])
  return missing.some((each) => each.length === 0) ? [] : missing.map((each) => each.join(' and '))
}

function unmet(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Record<string, string>,
): string {
  const wanted =
    operator === 'In' && values.length === 1
      ? `${key}=${values[0]}`
      : `${key} ${operator}${values.length > 0 ? ` (${values.join(', ')})` : ''}`
  return `label ${wanted} is wanted, the node has ${labels[key] === undefined ? `no ${key}` : `${key}=${labels[key]}`}`
}

function checkPorts(spec: SchedulingSpec, others: readonly Pod[]): NodeFailure[] {
  const taken = new Map(
    others.flatMap((other) => hostPorts(other.spec).map((port) => [port, other.metadata.name] as const)),
  )
  return hostPorts(spec)
    .filter((port) => taken.has(port))
    .map((port) => ({ category: 'HostPort' as const, text: `host port ${port} is taken by pod ${taken.get(port)}` }))
}

function hostPorts(spec: { containers: { ports?: { hostPort?: number; protocol?: string }[] }[] }): string[] {
  return spec.containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, protocol = 'TCP' }) =>
      hostPort === undefined || hostPort === 0 ? [] : [`${hostPort}/${protocol}`],
    ),
  )
}

function checkResources(spec: SchedulingSpec, node: Node, others: readonly Pod[] | undefined): NodeFailure[] {
  const allocatable = amountsOf(node.status?.allocatable)
  const used = (others ?? []).map((other) => podAmounts(other.spec, 'requests')).reduce(add, {})
  const wanted = Object.entries({ pods: 1, ...podAmounts(spec, 'requests') }).filter(([, amount]) => amount > 0)
  return wanted.flatMap(([resource, amount]): NodeFailure[] => {
    const size = allocatable[resource] ?? 0
    const free = size - (resource === 'pods' ? (others?.length ?? 0) : (used[resource] ?? 0))
    // Rounding of sums such as 0.1 + 0.2 must not make a node too small.
    if (amount <= free + 1e-9 * Math.max(1, size)) return []
    const show = (value: number): string => formatResource(resource, Math.max(0, value))
    const rest = others === undefined ? '' : `, ${show(free)} free`
    return [
      {
        category: 'InsufficientResource',
        resource,
        free,
        text: `${resource}: requested ${show(amount)}, allocatable ${show(size)}${rest}`,
      },
    ]
  })
}

function checkVolumes(node: Node, claims: readonly ClaimFact[]): NodeFailure[] {
  return claims.flatMap(({ name, volume }): NodeFailure[] => {
    const affinity = volume?.spec?.['nodeAffinity'] as
      | { required?: { nodeSelectorTerms?: NodeSelectorTerm[] } }
      | undefined
    const missing =
      affinity?.required?.nodeSelectorTerms === undefined ? [] : unmetTerms(affinity.required.nodeSelectorTerms, node)
    return missing.length === 0
      ? []
      : [{ category: 'VolumeNodeAffinity', text: `the volume of claim ${name}: ${missing.join(', or ')}` }]
  })
}
