import { refKey, type Severity } from '../../incident.ts'
import { conditionOf, type Pod } from '../../kubernetes.ts'
import { day, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { firstSeen, podEvents } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { readinessOf } from '../objects.ts'
import { containersOf, createdAt, onset } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** Ended pods stay listed until collected; after a day they are history. */
const memory = day

/** Pods that were evicted or failed. Pods of Jobs are left to their Job, whose word counts. */
export const endedPods: Rule = {
  codes: ['POD_EVICTED', 'POD_FAILED'],
  detect: (context) =>
    findingsByOwner(
      context,
      context.pods
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .filter(
          ({ status }) => status.phase === 'Failed' || (status.reason === 'Evicted' && status.phase !== 'Running'),
        )
        .filter((pod) => !['Job', 'CronJob'].includes(context.ownerOf(pod).kind))
        .flatMap((pod) => {
          const ended = endedAt(context, pod)
          if (context.now - ended >= memory) return []
          return [pod.status.reason === 'Evicted' ? evicted(context, pod, ended) : failed(context, pod, ended)]
        }),
    ),
}

function evicted(context: DetectContext, pod: Pod, ended: number): PodFault {
  const message = pod.status.message ?? ''
  const resource =
    /low on resource: ([\w-]+)/i.exec(message)?.[1] ?? /(ephemeral-storage|memory|pids?)\b/i.exec(message)?.[1]
  return {
    pod,
    rule: 'POD_EVICTED',
    severity: severityOf(context, pod),
    fault: `evicted${resource === undefined ? '' : `: ${resource} ran low`}`,
    since: onset(pod, [ended]),
    evidence: [quote(message), `It ran on node ${pod.spec.nodeName ?? '?'}`],
    causes: ['It used far more than it requests', 'The node is overcommitted'],
    nextSteps: [
      `kubectl describe node ${pod.spec.nodeName ?? ''}`,
      `kubectl ${inNamespace(pod.metadata.namespace)}delete pod ${pod.metadata.name}`,
    ],
  }
}

function failed(context: DetectContext, pod: Pod, ended: number): PodFault {
  const { reason, message } = pod.status
  const container = containersOf(pod).find(({ status }) => (status.state?.terminated?.exitCode ?? 0) !== 0)
  const terminated = container?.status.state?.terminated
  return {
    pod,
    rule: 'POD_FAILED',
    severity: severityOf(context, pod),
    fault: reason === undefined ? 'pod failed' : `pod failed: ${reason}`,
    since: onset(pod, [ended]),
    evidence: [
      terminated !== undefined &&
        `${container?.name}: exit ${terminated.exitCode} (${terminated.reason ?? 'no reason'})`,
      quote(message),
    ],
    causes: ['The node shut down, had no room, or its program failed and the pod may not restart it'],
    nextSteps: [`kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`],
  }
}

/** When its controller has replaced it, an ended pod is a note. */
function severityOf(context: DetectContext, pod: Pod): Severity {
  const workload = context.workloads.get(refKey(context.ownerOf(pod)))
  if (workload === undefined) return 'warning'
  const { ready, desired } = readinessOf(workload)
  return ready !== null && desired !== null && ready >= desired ? 'info' : 'warning'
}

/** When it ended; a pod refused by its node never ran, and ended when it was made. */
function endedAt(context: DetectContext, pod: Pod): number {
  const ends = containersOf(pod).map(({ status }) => toMillis(status.state?.terminated?.finishedAt) ?? 0)
  const latest = Math.max(0, ...ends)
  return latest > 0
    ? latest
    : (firstSeen(podEvents(context, pod), ['Evicted']) ??
        toMillis(conditionOf(pod, 'Ready')?.lastTransitionTime) ??
        toMillis(pod.status.startTime) ??
        createdAt(pod))
}
