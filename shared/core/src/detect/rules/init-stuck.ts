import type { ObjectRef } from '../../incident.ts'
import type { Pod } from '../../kubernetes.ts'
import { hour, minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { dependenciesOf, hostsOf, serviceOfHost } from '../hosts.ts'
import { policiesToBlame } from '../network-policies.ts'
import { containersOf, livePods, onset, type ContainerView } from '../pods.ts'
import { inNamespace, nameOf } from '../text.ts'

/** Radar's `stalled`: an init container is meant to end. */
const patience = 5 * minute
/** Jobs fetch and prepare data in theirs. */
const patienceOfJobs = hour

/** Init containers that run on and on, and the Service they wait for when they name one that is not there. */
export const initStuck: Rule = {
  codes: ['POD_INIT_STUCK'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) => {
        const owner = context.ownerOf(pod).kind
        const patient = owner === 'Job' || owner === 'CronJob' ? patienceOfJobs : patience
        return containersOf(pod)
          .filter(({ role, status }) => {
            const started = toMillis(status.state?.running?.startedAt)
            return role === 'init' && started !== undefined && context.now - started >= patient
          })
          .map((container) => faultOf(context, pod, container))
      }),
    ),
}

function faultOf(context: DetectContext, pod: Pod, container: ContainerView): PodFault {
  const { name, status } = container
  const missing = missingServices(context, pod, container)
  const first = missing[0]
  return {
    pod,
    rule: 'POD_INIT_STUCK',
    container: name,
    fault: `init container ${name} does not end${first === undefined ? '' : `: it waits for ${nameOf(first)}, which does not exist`}`,
    since: onset(pod, [toMillis(status.state?.running?.startedAt)]),
    evidence: [
      `${name}: running since ${status.state?.running?.startedAt}; the pod's containers wait for its end`,
      ...missing.map((ref) => `Its command names ${ref.name}; namespace ${ref.namespace} has no such Service`),
    ],
    causes:
      first === undefined
        ? ['It waits for something that does not answer', 'A migration or download that takes long or hangs']
        : [`Service ${first.name} was never created, was deleted or renamed`, 'A typing error in the host name'],
    nextSteps: [
      `kubectl ${inNamespace(pod.metadata.namespace)}logs ${pod.metadata.name} -c ${name} --tail=50`,
      `kubectl ${inNamespace(pod.metadata.namespace)}get services`,
    ],
    links: {
      causedBy: first === undefined ? policiesToBlame(context, pod) : missing,
      dependsOn: dependenciesOf(context, pod),
    },
  }
}

function missingServices(context: DetectContext, pod: Pod, { spec }: ContainerView): ObjectRef[] {
  if (spec === undefined) return []
  return hostsOf(spec)
    .map((host) => serviceOfHost(context, host, pod.metadata.namespace ?? ''))
    .filter((ref) => ref !== undefined)
    .filter((ref) => context.surelyAbsent('services', ref.namespace, ref.name))
}
