import type { ObjectRef } from '../../incident.ts'
import type { Pod } from '../../kubernetes.ts'
import { minute } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { firstSeen, podEvents } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { containersOf, createdAt, livePods, onset, unreadySince, type ContainerView } from '../pods.ts'
import { similarName } from '../references.ts'
import { inNamespace, nameOf, quote } from '../text.ts'

/** Operators make Secrets moments after the pods that use them. */
const grace = minute

/** Containers the kubelet cannot build from their configuration, and names what is missing. */
export const containerConfig: Rule = {
  codes: ['POD_CONFIG_ERROR', 'POD_CREATE_ERROR'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) =>
        containersOf(pod).flatMap((container) => {
          const reason = container.status.state?.waiting?.reason
          if (context.now - createdAt(pod) < grace) return []
          if (reason === 'CreateContainerConfigError') return [configError(context, pod, container)]
          return reason === 'CreateContainerError' || reason === 'PreCreateHookError'
            ? [createError(context, pod, container)]
            : []
        }),
      ),
    ),
}

function configError(context: DetectContext, pod: Pod, { name, status }: ContainerView): PodFault {
  const message = status.state?.waiting?.message ?? ''
  const missing = missingObject(message, pod.metadata.namespace ?? '')
  const key = /couldn't find key (\S+) in|references non-existent \S+ key: (\S+)/i.exec(message)
  const fault =
    missing === undefined
      ? 'cannot be configured'
      : `needs ${nameOf(missing)}, which ${key === null ? 'does not exist' : `has no key ${key[1] ?? key[2]}`}`
  return {
    ...base(context, pod, name, message),
    rule: 'POD_CONFIG_ERROR',
    fault: `container ${name} ${fault}`,
    evidence: [
      `${name}: CreateContainerConfigError: ${quote(message)}`,
      missing !== undefined && similarName(context, missing),
    ],
    causes:
      missing === undefined
        ? ['Its configuration contradicts the image or the security context']
        : [
            `${missing.kind} ${missing.name} was never created, was deleted or renamed`,
            'A typing error in the reference',
          ],
    links: missing === undefined ? {} : { causedBy: [missing] },
  }
}

function createError(context: DetectContext, pod: Pod, { name, status }: ContainerView): PodFault {
  const message = status.state?.waiting?.message ?? ''
  return {
    ...base(context, pod, name, message),
    rule: 'POD_CREATE_ERROR',
    fault: `container ${name} cannot be created${/no command specified/i.test(message) ? ': neither pod nor image names a command' : ''}`,
    evidence: [`${name}: ${status.state?.waiting?.reason}: ${quote(message)}`],
    causes: [
      'Command, mounts or security context do not fit the image',
      'A former container of that name is stuck in the runtime',
    ],
  }
}

function base(context: DetectContext, pod: Pod, container: string, message: string) {
  return {
    pod,
    container,
    since: onset(pod, [firstSeen(podEvents(context, pod), ['Failed']), unreadySince(pod)]),
    nextSteps: [
      ...(/secret/i.test(message) ? [`kubectl ${inNamespace(pod.metadata.namespace)}get secrets`] : []),
      ...(/configmap/i.test(message) ? [`kubectl ${inNamespace(pod.metadata.namespace)}get configmaps`] : []),
      `kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`,
    ],
  }
}

/** The Secret or ConfigMap a kubelet message says is missing or lacks a key. */
export function missingObject(message: string, namespace: string): ObjectRef | undefined {
  const absent = /\b(secret|configmap)s? "([^"]+)" not found/i.exec(message)
  const keyless = /couldn't find key \S+ in (Secret|ConfigMap) ([^/\s]+)\/(\S+)/i.exec(message)
  const kind = (absent?.[1] ?? keyless?.[1])?.toLowerCase()
  const name = absent?.[2] ?? keyless?.[3]
  if (kind === undefined || name === undefined) return undefined
  return { kind: kind === 'secret' ? 'Secret' : 'ConfigMap', namespace: keyless?.[2] ?? namespace, name }
}
