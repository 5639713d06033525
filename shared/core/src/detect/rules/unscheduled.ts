import type { FindingLinks, ObjectRef, Severity } from '../../incident.ts'
import { conditionOf, type Pod } from '../../kubernetes.ts'
import {
  categoryOfTaint,
  parseSchedulingMessage,
  schedulingCategories,
  type SchedulingReason,
} from '../../scheduling.ts'
import { minute, toMillis } from '../../time.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { findingsByOwner, severityByReadiness, type PodFault } from '../finding.ts'
import { createdAt, livePods, onset } from '../pods.ts'
import { inNamespace, nameOf, quote } from '../text.ts'

/** An autoscaler needs minutes for a node, a provisioner seconds for a volume: warn after one, be alarmed after five. */
const warnAfter = minute
const alarmAfter = 5 * minute
/** A scheduler answers within seconds; no answer at all after two minutes means that none feels responsible. */
const silentAfter = 2 * minute

/** Pods no node was found for. */
export const unscheduled: Rule = {
  codes: ['POD_UNSCHEDULABLE', 'POD_SCHEDULING_GATED', 'POD_NOT_SCHEDULED_SILENTLY'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context)
        .filter(({ spec, status }) => (spec.nodeName ?? '') === '' && (status.phase ?? 'Pending') === 'Pending')
        .flatMap((pod) => {
          const condition = conditionOf(pod, 'PodScheduled')
          if (condition?.reason === 'SchedulingGated' || (pod.spec.schedulingGates ?? []).length > 0)
            return [gated(pod)]
          if (condition === undefined) return context.now - createdAt(pod) >= silentAfter ? [silent(context, pod)] : []
          return condition.status === 'True' ? [] : unschedulable(context, pod, condition.message ?? '')
        }),
    ),
}

function unschedulable(context: DetectContext, pod: Pod, message: string): PodFault[] {
  const since = toMillis(conditionOf(pod, 'PodScheduled')?.lastTransitionTime) ?? createdAt(pod)
  const waited = context.now - since
  if (waited < warnAfter) return []
  const { reasons } = parseSchedulingMessage(message)
  const main = decisive(reasons)
  const causedBy = claimsToBlame(context, pod, reasons)
  const severity: Severity | undefined = waited < alarmAfter ? 'warning' : undefined
  return [
    {
      pod,
      rule: 'POD_UNSCHEDULABLE',
      ...(severity === undefined ? {} : { severity }),
      fault: `no node fits its pods: ${causedBy[0] !== undefined ? `${nameOf(causedBy[0])} ${isAbsent(context, causedBy[0]) ? 'does not exist' : 'is not bound to a volume'}` : main === undefined ? 'the scheduler gives no reason' : inWords(main, pod)}`,
      since: onset(pod, [since]),
      evidence: [quote(message), ...untolerated(context, pod, reasons)],
      causes: [...new Set(reasons.map(({ category }) => sentence(schedulingCategories[category])))].slice(0, 4),
      nextSteps: [
        `kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`,
        'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key,CPU:.status.allocatable.cpu,MEMORY:.status.allocatable.memory',
      ],
      links: { ...(causedBy.length > 0 ? { causedBy } : nodeToBlame(context, pod, reasons)) },
    },
  ]
}

function gated(pod: Pod): PodFault {
  return {
    pod,
    rule: 'POD_SCHEDULING_GATED',
    severity: 'info',
    fault: 'a scheduling gate holds its pods back',
    since: createdAt(pod),
    evidence: [`Gates: ${(pod.spec.schedulingGates ?? []).map(({ name }) => name).join(', ') || 'not listed'}`],
    causes: ['Intended: a queue or controller opens the gate when it is time'],
  }
}

function silent(context: DetectContext, pod: Pod): PodFault {
  const { schedulerName = 'default-scheduler' } = pod.spec
  const claims = (pod.spec as { resourceClaims?: unknown[] }).resourceClaims ?? []
  return {
    pod,
    rule: 'POD_NOT_SCHEDULED_SILENTLY',
    severity: severityByReadiness(context, context.ownerOf(pod)),
    fault:
      schedulerName === 'default-scheduler'
        ? 'no scheduler has looked at its pods'
        : `it asks for scheduler ${schedulerName}, which does not answer`,
    since: createdAt(pod),
    evidence: [
      `Pending since its creation, no PodScheduled condition; schedulerName ${schedulerName}`,
      claims.length > 0 && 'It uses resource claims: a claim that does not exist is waited for in silence',
      pod.status.nominatedNodeName !== undefined &&
        `Nominated for node ${pod.status.nominatedNodeName}: a provisioner may be making its volume`,
    ],
    causes:
      schedulerName === 'default-scheduler'
        ? ['kube-scheduler is down', 'A resource claim or volume it waits for is not provisioned']
        : [`No scheduler named ${schedulerName} runs in this cluster`],
    nextSteps: [
      `kubectl ${inNamespace(pod.metadata.namespace)}get pod ${pod.metadata.name} -o jsonpath='{.spec.schedulerName}'`,
      'kubectl -n kube-system get pods',
    ],
  }
}

/** The reason that decides: what holds for most nodes, taints and cordons last because they are often there by intent. */
function decisive(reasons: readonly SchedulingReason[]): SchedulingReason | undefined {
  const expected = new Set(['UntoleratedTaint', 'Cordoned', 'Preemption'])
  const weight = ({ category, count }: SchedulingReason): number =>
    (expected.has(category) ? 0 : 1_000_000) + (count ?? 0)
  return reasons.toSorted((a, b) => weight(b) - weight(a))[0]
}

function inWords({ category, resource, taint }: SchedulingReason, pod: Pod): string {
  if (resource !== undefined) return `not enough ${resource}`
  if (taint !== undefined) return `taint ${taint} is not tolerated`
  const labels = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
  if (category === 'NodeSelector' && labels.length > 0) return `no node has label ${labels.join(', ')}`
  return schedulingCategories[category]
}

/** The claims of a pod that keep it from being placed, by name: from the message, else those of its volumes. */
function claimsToBlame(context: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): ObjectRef[] {
  const storage = new Set(['MissingClaim', 'UnboundClaim', 'LostVolume'])
  const blamed = reasons.filter(({ category }) => storage.has(category))
  if (blamed.length === 0) return []
  const namespace = pod.metadata.namespace ?? ''
  const named = blamed
    .map(({ text }) => /persistentvolumeclaim "([^"]+)"/i.exec(text)?.[1])
    .filter((name) => name !== undefined)
  const mounted = (pod.spec.volumes ?? [])
    .map((volume) => volume.persistentVolumeClaim?.claimName)
    .filter((name) => name !== undefined)
  const unbound = mounted.filter(
    (name) => context.find('persistentvolumeclaims', namespace, name)?.status?.['phase'] !== 'Bound',
  )
  return (named.length > 0 ? named : unbound).map((name) => ({ kind: 'PersistentVolumeClaim', namespace, name }))
}

function isAbsent(context: DetectContext, { namespace, name }: ObjectRef): boolean {
  return context.surelyAbsent('persistentvolumeclaims', namespace, name)
}

/**
 * The taints behind "had untolerated taint(s)", which since 1.34 names none: every taint of the cluster's nodes the pod does
 * not tolerate.
 */
function untolerated({ nodes }: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): string[] {
  if (!reasons.some(({ category }) => category === 'UntoleratedTaint' || category === 'NodeUnavailable')) return []
  const keys = new Set(
    [...nodes.values()].flatMap((node) =>
      taintsOf(node)
        .filter((taint) => !tolerates(pod, taint))
        .map(({ key }) => key),
    ),
  )
  keys.delete('node.kubernetes.io/unschedulable')
  return keys.size === 0 ? [] : [`Taints it does not tolerate: ${[...keys].sort().slice(0, 8).join(', ')}`]
}

/**
 * The dead node a pod waits for: when nothing but taints and the place of its volume keeps it off every node, and exactly one
 * node is down. A pod that is short of a resource waits for room, not for that node.
 */
function nodeToBlame({ nodes }: DetectContext, pod: Pod, reasons: readonly SchedulingReason[]): FindingLinks {
  const allowed = new Set(['UntoleratedTaint', 'NodeUnavailable', 'Cordoned', 'VolumeNodeAffinity', 'Preemption'])
  const down = [...nodes.values()].filter(isNotReady)
  const onlyNodes = reasons.length > 0 && reasons.every(({ category }) => allowed.has(category))
  const tainted = reasons.some(({ category }) => category === 'UntoleratedTaint' || category === 'NodeUnavailable')
  const others = [...nodes.values()]
    .filter((node) => !isNotReady(node))
    .some((node) =>
      taintsOf(node).some((taint) => !tolerates(pod, taint) && categoryOfTaint(taint.key) === 'UntoleratedTaint'),
    )
  const pinned = reasons.some(({ category }) => category === 'VolumeNodeAffinity')
  return onlyNodes && tainted && down.length === 1 && (pinned || !others) ? { nodes: [down[0]!.metadata.name] } : {}
}

interface Taint {
  key: string
  value?: string
  effect?: string
}

function taintsOf(node: { spec?: Record<string, unknown> }): Taint[] {
  return ((node.spec?.['taints'] ?? []) as Taint[]).filter(({ effect }) => effect !== 'PreferNoSchedule')
}

function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      ((key ?? '') === '' || key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  )
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
