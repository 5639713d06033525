import { day, hour, toMillis } from '../../time.ts'
import type { Rule } from '../context.ts'
import { findingsByOwner } from '../finding.ts'
import { containersOf, createdAt, livePods, onset } from '../pods.ts'
import { inNamespace } from '../text.ts'
import { hasExitFault } from './container-exits.ts'

/** A restart longer ago than this is history, however many there were. */
const recent = hour

/**
 * Containers that restart often though none of the other rules sees why. The threshold holds for each day of the pod's life:
 * restarts gathered over months are no fault.
 */
export const restarts: Rule = {
  codes: ['POD_RESTARTS_HIGH'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) => {
        const days = Math.max(1, (context.now - createdAt(pod)) / day)
        return containersOf(pod)
          .filter((container) => {
            const at = toMillis(container.status.lastState?.terminated?.finishedAt)
            const often = (container.status.restartCount ?? 0) >= context.options.restartThreshold * days
            return often && at !== undefined && context.now - at < recent && !hasExitFault(context, pod, container)
          })
          .map(({ name, status }) => ({
            pod,
            rule: 'POD_RESTARTS_HIGH',
            severity: 'warning' as const,
            container: name,
            fault: `container ${name} restarts often`,
            since: onset(pod, [toMillis(status.lastState?.terminated?.finishedAt)]),
            evidence: [
              `${name}: ${status.restartCount} restarts, last end exit ${status.lastState?.terminated?.exitCode ?? '?'} at ${status.lastState?.terminated?.finishedAt}`,
            ],
            causes: ['Something it depends on comes and goes', 'A liveness probe that is too tight'],
            nextSteps: [
              `kubectl ${inNamespace(pod.metadata.namespace)}logs ${pod.metadata.name} -c ${name} --previous --tail=100`,
            ],
          }))
      }),
    ),
}
