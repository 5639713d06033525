import type { ObjectRef } from '../../incident.ts'
import type { Pod } from '../../kubernetes.ts'
import { minute } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { isDangling } from '../dangling.ts'
import { firstSeen, podEvents } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { pullFailure, registryOf, type PullFailure } from '../images.ts'
import { containersOf, createdAt, livePods, onset, unreadySince, type ContainerView } from '../pods.ts'
import { inNamespace, nameOf, quote } from '../text.ts'

/** Reasons of the kubelet's image manager (pkg/kubelet/images/types.go). */
const pullReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ImageInspectError',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])
/** A first pull may fail while a pull secret is being made (Robusta waits too: "fires falsely on pod startup"). */
const grace = minute

const words: Record<PullFailure, { fault: string; causes: string[] }> = {
  invalid: {
    fault: 'names no valid image',
    causes: ['A typing error in the image name (upper case, spaces, an empty tag)'],
  },
  'rate-limit': {
    fault: 'cannot be pulled: the registry limits the rate',
    causes: ['Too many pulls without or with a shared login', 'Pull through a cache or log in to the registry'],
  },
  unreachable: {
    fault: 'cannot be pulled: the registry does not answer',
    causes: [
      'The registry is down',
      'DNS, firewall or proxy between nodes and registry',
      'A certificate nodes do not trust',
    ],
  },
  auth: {
    fault: 'cannot be pulled: the registry refuses access or the repository does not exist',
    causes: [
      'imagePullSecrets missing, wrong or expired',
      'The repository does not exist: some registries do not tell the two apart',
    ],
  },
  'not-found': {
    fault: 'cannot be pulled: no such image or tag',
    causes: [
      'The tag was never pushed or was deleted',
      'A typing error in image or tag',
      'No image for this architecture',
    ],
  },
  unknown: {
    fault: 'cannot be pulled',
    causes: ['The registry refuses, is down, or has no such image: the event of the pod tells'],
  },
}

/** Images that cannot be pulled, told apart by why. */
export const imagePull: Rule = {
  codes: ['POD_IMAGE_PULL'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) =>
        containersOf(pod)
          .filter(({ status }) => pullReasons.has(status.state?.waiting?.reason ?? ''))
          .filter(() => context.now - createdAt(pod) >= grace)
          .map((container) => faultOf(context, pod, container)),
      ),
    ),
}

function faultOf(context: DetectContext, pod: Pod, { name, spec, status }: ContainerView): PodFault {
  const image = spec?.image ?? status.image ?? ''
  const events = podEvents(context, pod)
  // Before 1.31 the status only says "Back-off pulling image"; the reason stands in the event.
  const pulled = events.findLast(({ message }) =>
    /failed to pull|pull image|apply default image tag/i.test(message ?? ''),
  )
  const message = status.state?.waiting?.message ?? ''
  const fromStatus = pullFailure(`${status.state?.waiting?.reason}: ${message}`)
  const failure = fromStatus === 'unknown' ? pullFailure(pulled?.message ?? '') : fromStatus
  const missing = failure === 'auth' ? missingPullSecrets(context, pod) : []
  return {
    pod,
    rule: 'POD_IMAGE_PULL',
    container: name,
    fault: `image ${image} of container ${name} ${words[failure].fault}`,
    since: onset(pod, [firstSeen(events, ['Failed', 'InspectFailed', 'ErrImageNeverPull']), unreadySince(pod)]),
    evidence: [
      `${name}: ${status.state?.waiting?.reason}: ${quote(essence(message))}`,
      fromStatus === 'unknown' && pulled !== undefined && quote(essence(pulled.message ?? '')),
      ...missing.map((secret) => `${nameOf(secret)} does not exist`),
    ],
    causes: words[failure].causes,
    nextSteps: [
      `kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`,
      ...(failure === 'auth'
        ? [
            `kubectl ${inNamespace(pod.metadata.namespace)}get serviceaccount ${pod.spec.serviceAccountName ?? 'default'} -o yaml`,
          ]
        : []),
    ],
    links: { registry: { host: registryOf(image), failure }, ...(missing.length > 0 ? { causedBy: missing } : {}) },
  }
}

/** Its logins to registries that are not there: by the list of Secrets, or by the kubelet's own word. */
function missingPullSecrets(context: DetectContext, pod: Pod): ObjectRef[] {
  const told = podEvents(context, pod)
    .filter(({ reason }) => reason === 'FailedToRetrieveImagePullSecret')
    .flatMap(({ message = '' }) => /\(([^)]*)\)/.exec(message)?.[1]?.split(/, */) ?? [])
  return (pod.spec.imagePullSecrets ?? [])
    .map(({ name }) => ({ kind: 'Secret', namespace: pod.metadata.namespace ?? '', name }))
    .filter((secret) => isDangling(context, secret) || told.includes(secret.name))
}

/** A runtime's message without the wrappers that repeat the image, so that the reason at its end is not cut off. */
function essence(message: string): string {
  return message.replaceAll(
    /rpc error: code = \w+ desc = |failed to pull and unpack image "[^"]*": |failed to resolve reference "[^"]*": /g,
    '',
  )
}
