import { containersOf } from '../detect/pods.ts'
import { refKey, type Finding } from '../incident.ts'
import type { Pod } from '../kubernetes.ts'
import type { ClusterSnapshot } from '../observe.ts'

/**
 * Tells of a finding when the longest running of the unready containers it shows started, so that what is starting can be told from
 * what had been up. Undefined when none runs, or the finding is not about pods.
 */
export function startsOf({ objects }: Pick<ClusterSnapshot, 'objects'>): (finding: Finding) => string | undefined {
  const pods = new Map(
    objects.pods.map((pod) => [
      refKey({ kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }),
      pod,
    ]),
  )
  return ({ examples }) => examples.flatMap((example) => startedAt(pods.get(example))).toSorted()[0]
}

function startedAt(pod: Pod | undefined): string[] {
  if (pod?.status?.containerStatuses === undefined) return []
  return containersOf(pod)
    .filter(({ role, status }) => role === 'app' && status.ready !== true)
    .flatMap(({ status }) => status.state?.running?.startedAt ?? [])
}
