import { refKey } from '../incident.ts'
import type { Pod } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'

/**
 * Why a volume that is held on another node will stay held: replicas of one Deployment share a claim that only one node at a time
 * may mount. Empty when that is not so. Sharing alone is no fault: on one node it works.
 */
export function sharedClaimLines(context: DetectContext, pod: Pod): string[] {
  const owner = context.ownerOf(pod)
  const object = context.workloads.get(refKey(owner))?.object
  const strategy = (object?.spec as { strategy?: { type?: string } } | undefined)?.strategy?.type
  const replicas = object?.spec?.replicas ?? 1
  if (owner.kind !== 'Deployment' || object === undefined || (replicas < 2 && strategy === 'Recreate')) return []
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => {
    const found = context.find('persistentvolumeclaims', owner.namespace, claim?.claimName ?? '')
    const modes = found?.spec?.['accessModes']
    const single =
      Array.isArray(modes) && modes.length > 0 && modes.every((mode) => String(mode).startsWith('ReadWriteOnce'))
    if (!single) return []
    const users =
      replicas < 2 ? 'old and new pods of a rolling update' : `${replicas} replicas of Deployment ${owner.name}`
    return [`Claim ${claim?.claimName} is ${modes.join(', ')}, and ${users} share it`]
  })
}
