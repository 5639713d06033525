import type { ObjectRef, Severity } from '../../incident.ts'
import { conditionOf, type Pod } from '../../kubernetes.ts'
import { parseSchedulingMessage, schedulingCategories, type SchedulingReason } from '../../scheduling.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { findingsByOwner, severityByReadiness, type PodFault } from '../finding.ts'
import { claimsToBlame, nodeToBlame, untolerated } from '../placement.ts'
import { containersOf, createdAt, livePods, onset } from '../pods.ts'
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
          // Only a kubelet reports containers and evicts: a pod that has met one was given to a node.
          if (condition === undefined && (containersOf(pod).length > 0 || pod.status.reason !== undefined)) return []
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
      links: causedBy.length > 0 ? { causedBy } : nodeToBlame(context, pod, reasons),
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

function isAbsent(context: DetectContext, { namespace, name }: ObjectRef): boolean {
  return context.surelyAbsent('persistentvolumeclaims', namespace, name)
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
