import type { Finding } from '../../incident.ts'
import { conditionOf, type KubernetesObject, type Pod } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { readinessOf, templateOf, type NamedWorkload } from '../objects.ts'
import { createdAt, livePods, unreadySince } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'
import { startBudgetOf } from './readiness.ts'

/** A workload may be down this long: a restart of its only pod takes a minute or two (k8s-cluster-agent: 5 m). */
const unavailableGrace = 5 * minute
/** Missing some replicas while enough serve is normal in a rollout (kubernetes-mixin: 15 m without progress). */
const partialGrace = 15 * minute

/** Workloads as a whole: stalled rollouts, and missing replicas no other rule explains. Grouping folds them into a better finding. */
export const rollouts: Rule = {
  codes: ['WORKLOAD_ROLLOUT_STALLED', 'WORKLOAD_UNAVAILABLE'],
  detect: (context) =>
    [...context.workloads.values()].flatMap((workload) => {
      if (workload.ref.kind === 'Deployment') return [...stalled(context, workload), ...unavailable(context, workload)]
      if (workload.ref.kind === 'StatefulSet') return unavailable(context, workload)
      return workload.ref.kind === 'DaemonSet' ? daemons(context, workload) : []
    }),
}

function stalled(context: DetectContext, workload: NamedWorkload): Finding[] {
  const { ref, object } = workload
  const progressing = conditionOf(object, 'Progressing')
  if (
    progressing?.status !== 'False' ||
    progressing.reason !== 'ProgressDeadlineExceeded' ||
    object.spec?.paused === true
  )
    return []
  const { ready, desired } = readinessOf(workload)
  if (desired === 0) return []
  return [
    finding(context, {
      rule: 'WORKLOAD_ROLLOUT_STALLED',
      severity: (ready ?? 0) > 0 ? 'warning' : 'critical',
      owner: ref,
      fault: 'rollout has stalled',
      since: toMillis(progressing.lastTransitionTime),
      evidence: [
        quote(progressing.message),
        `${ready} of ${desired} ready, ${object.status?.updatedReplicas ?? 0} updated`,
      ],
      causes: ['The new pods do not become ready', 'They cannot be created or placed'],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}rollout status deployment ${ref.name}`,
        isKeptByGit(object)
          ? 'Revert the change in Git: what applies this workload from there would put an undo back'
          : `kubectl ${inNamespace(ref.namespace)}rollout undo deployment ${ref.name}`,
      ],
    }),
  ]
}

/** Whether Argo CD or Flux marked the object as theirs (Argo CD's resource tracking, Flux's ownership labels). */
function isKeptByGit({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean {
  const labels = Object.keys(metadata.labels ?? {})
  return (
    metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined ||
    labels.some((label) =>
      /^(?:argocd\.argoproj\.io\/instance|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/name)$/.test(label),
    )
  )
}

function unavailable(context: DetectContext, workload: NamedWorkload): Finding[] {
  const { ref, object } = workload
  const { ready, desired } = readinessOf(workload)
  const short = desired !== null && ready !== null && ready < desired
  // What the controller has not looked at yet says nothing about the present spec.
  const stale = (object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 0)
  if (!short || stale || context.podsOf(ref).some(isGated)) return []
  const since = missingSince(context, workload)
  const grace = ready === 0 || conditionOf(object, 'Available')?.status === 'False' ? unavailableGrace : partialGrace
  const patience = Math.max(grace, startBudgetOf(templateOf(object)?.spec))
  // Nothing tells since when: some missing may be a moment's matter, none at all is not.
  if (since === undefined ? ready !== 0 : context.now - since < patience) return []
  return [
    finding(context, {
      rule: 'WORKLOAD_UNAVAILABLE',
      severity: ready === 0 && since !== undefined ? 'critical' : 'warning',
      owner: ref,
      fault: ready === 0 ? 'no replica is ready' : 'replicas are missing',
      since,
      evidence: [`${ready} of ${desired} ready`],
      causes: ['Its pods are not created, not placed or not ready: see their events'],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}describe ${ref.kind.toLowerCase()} ${ref.name}`,
        `kubectl ${inNamespace(ref.namespace)}get events --sort-by=.lastTimestamp`,
      ],
    }),
  ]
}

/** Daemons missing on nodes that are down belong to those nodes (Robusta, Radar); only the rest is the DaemonSet's own. */
function daemons(context: DetectContext, workload: NamedWorkload): Finding[] {
  const { ref, object } = workload
  const missing = object.status?.numberUnavailable ?? 0
  if (missing === 0) return []
  const { ready, desired } = readinessOf(workload)
  const down = [...context.nodes.values()]
    .filter(isNotReady)
    .map(({ metadata }) => metadata.name)
    .sort()
  const explained = missing <= down.length
  const since = missingSince(context, workload)
  // A rollout takes one daemon down after the other: only one that stays down is a fault.
  if (!explained && (since === undefined || context.now - since < partialGrace)) return []
  return [
    finding(context, {
      rule: 'WORKLOAD_UNAVAILABLE',
      severity: explained ? 'info' : ready === 0 ? 'critical' : 'warning',
      owner: ref,
      fault: explained ? 'pods are missing on nodes that are down' : 'pods are missing on some nodes',
      since: explained ? undefined : since,
      evidence: [`${ready} of ${desired} ready, ${missing} unavailable`, explained && `Nodes down: ${down.join(', ')}`],
      causes: [explained ? 'The nodes are down' : 'Its pods are not ready or not placed on some nodes'],
      nextSteps: [`kubectl ${inNamespace(ref.namespace)}rollout status daemonset ${ref.name}`],
      ...(explained ? { links: { nodes: down } } : {}),
    }),
  ]
}

/** Somebody holds its pods back on purpose (a queue, say): that it lacks replicas is intended. */
function isGated(pod: Pod): boolean {
  return conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated'
}

/** Since when replicas are missing: a Deployment says when it fell short, of others the longest unready pod tells. */
function missingSince(context: DetectContext, { ref, object }: NamedWorkload): number | undefined {
  const available = conditionOf(object, 'Available')
  if (available?.status === 'False') return toMillis(available.lastTransitionTime)
  const moments = livePods({ pods: context.podsOf(ref) })
    .filter((pod) => conditionOf(pod, 'Ready')?.status !== 'True')
    .map((pod) => unreadySince(pod) ?? createdAt(pod))
  return moments.length === 0 ? undefined : Math.min(...moments)
}
