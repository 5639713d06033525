import type { Pod } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { containersOf, livePods, onset } from '../pods.ts'
import { inNamespace } from '../text.ts'

/** Sidecars end a moment after the main container when somebody tells them to. */
const grace = 10 * minute

/** Pods of Jobs whose work is done, but which do not end because another container runs on. */
export const jobSidecars: Rule = {
  codes: ['JOB_SIDECAR_RUNS_ON'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) => faultsOf(context, pod)),
    ),
}

function faultsOf(context: DetectContext, pod: Pod): PodFault[] {
  const owner = context.ownerOf(pod).kind
  if (owner !== 'Job' && owner !== 'CronJob') return []
  const apps = containersOf(pod).filter(({ role }) => role === 'app')
  const done = apps.filter(({ status }) => status.state?.terminated?.exitCode === 0)
  const running = apps.filter(({ status }) => status.state?.running !== undefined)
  const [sidecar] = running
  // Of several that run on, nobody can tell which is the work.
  if (sidecar === undefined || done.length === 0 || running.length > 1) return []
  const since = Math.max(...done.map(({ status }) => toMillis(status.state?.terminated?.finishedAt) ?? context.now))
  if (context.now - since < grace) return []
  return [
    {
      pod,
      rule: 'JOB_SIDECAR_RUNS_ON',
      severity: 'warning',
      container: sidecar.name,
      fault: `does not complete: container ${sidecar.name} runs on after the others have ended`,
      since: onset(pod, [since]),
      evidence: [
        ...done.map(({ name, status }) => `${name}: ended well at ${status.state?.terminated?.finishedAt}`),
        `${sidecar.name}: running since ${sidecar.status.state?.running?.startedAt}`,
      ],
      causes: ['A sidecar (a service mesh or database proxy, say) that nobody tells to stop'],
      nextSteps: [
        `Make ${sidecar.name} a native sidecar: an init container with restartPolicy Always`,
        `kubectl ${inNamespace(pod.metadata.namespace)}exec ${pod.metadata.name} -c ${sidecar.name} -- kill 1`,
      ],
    },
  ]
}
