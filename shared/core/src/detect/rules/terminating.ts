import { conditionOf, type Pod } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { isNotReady, type DetectContext, type Rule } from '../context.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { onset } from '../pods.ts'
import { inNamespace } from '../text.ts'

/** deletionTimestamp already holds the grace period; the kill and unmount after it take seconds (Radar warns after ten minutes). */
const patience = 5 * minute

/** Pods that should be gone, and pods that went down with their node. */
export const terminating: Rule = {
  codes: ['POD_TERMINATING_STUCK', 'POD_NODE_LOST'],
  detect: (context) =>
    findingsByOwner(
      context,
      context.pods.flatMap((pod) => {
        const deadline = toMillis(pod.metadata.deletionTimestamp)
        if (deadline === undefined) return []
        const node = context.nodes.get(pod.spec.nodeName ?? '')
        if (node !== undefined && isNotReady(node))
          return [nodeLost(pod, toMillis(conditionOf(node, 'Ready')?.lastTransitionTime))]
        return context.now - deadline >= patience ? [stuck(pod, deadline, context)] : []
      }),
    ),
}

function stuck(pod: Pod, deadline: number, { nodes, snapshot }: DetectContext): PodFault {
  const { name, namespace, finalizers = [] } = pod.metadata
  const held = finalizers.length > 0
  const nodeGone = pod.spec.nodeName !== undefined && snapshot.objects.nodes.length > 0 && !nodes.has(pod.spec.nodeName)
  const why = held
    ? `finalizer ${finalizers.join(', ')} holds it`
    : nodeGone
      ? 'its node is gone'
      : 'its node does not end it'
  return {
    pod,
    rule: 'POD_TERMINATING_STUCK',
    severity: 'warning',
    fault: `pod does not go away: ${why}`,
    since: onset(pod, [deadline]),
    evidence: [
      `Should have been gone by ${pod.metadata.deletionTimestamp}`,
      held && `Finalizers: ${finalizers.join(', ')}`,
      `Node ${pod.spec.nodeName ?? 'none'}`,
    ],
    causes: held
      ? ['The controller that owns the finalizer is not running or cannot finish']
      : ['A process that cannot be killed', 'A volume that cannot be unmounted', 'The kubelet hangs'],
    nextSteps: [
      `kubectl ${inNamespace(namespace)}describe pod ${name}`,
      held
        ? `kubectl ${inNamespace(namespace)}get pod ${name} -o jsonpath='{.metadata.finalizers}'`
        : `kubectl describe node ${pod.spec.nodeName ?? ''}`,
    ],
  }
}

function nodeLost(pod: Pod, since: number | undefined): PodFault {
  return {
    pod,
    rule: 'POD_NODE_LOST',
    severity: 'info',
    fault: 'pods are being replaced because their node stopped reporting',
    since: onset(pod, [since]),
    evidence: [`Marked for deletion by ${pod.metadata.deletionTimestamp} on node ${pod.spec.nodeName}`],
    nextSteps: [`kubectl describe node ${pod.spec.nodeName}`],
  }
}
