import type { ObjectRef } from '@kubevigil/core/incident'
import type { KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import type { Found } from './find-object.ts'
import { selectorOf } from './selectors.ts'
import type { Sources } from './sources.ts'

/**
 * The pods that belong to an object: itself, those a workload or Service selects, those of a CronJob's Jobs, on a node, of a
 * namespace, or that mount a claim. Undefined when they cannot be read; empty for kinds that have none.
 */
export async function podsOf(
  { object, ref }: Pick<Found, 'object' | 'ref'>,
  sources: Sources,
): Promise<Pod[] | undefined> {
  const read = async (options: Parameters<Sources['list']>[1]): Promise<Pod[] | undefined> =>
    (await sources.list('pods', options)) as unknown as Pod[] | undefined
  switch (ref.kind) {
    case 'Pod':
      return [object as unknown as Pod]
    case 'Node':
      return read({ fieldSelector: `spec.nodeName=${ref.name}` })
    case 'Namespace':
      return read({ namespace: ref.name })
    case 'CronJob': {
      const pods = await read({ namespace: ref.namespace })
      return pods?.filter(
        (pod) => belongsTo(ref, 'Pod', pod.metadata.name) && pod.metadata.ownerReferences?.[0]?.kind === 'Job',
      )
    }
    case 'PersistentVolumeClaim': {
      const pods = await read({ namespace: ref.namespace })
      return pods?.filter((pod) =>
        (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === ref.name),
      )
    }
    default: {
      const labelSelector = selectorOf(object)
      if (labelSelector === undefined || !selectsPods(object)) return []
      const pods = await read({ namespace: ref.namespace, labelSelector })
      return pods?.filter((pod) => ref.kind === 'Service' || ownerFits(ref, pod))
    }
  }
}

/** Kinds whose selector means pods: a template says so, and so does being a Service. */
function selectsPods(object: KubernetesObject): boolean {
  return (
    object.spec?.['template'] !== undefined ||
    object.spec?.['clusterIP'] !== undefined ||
    object.spec?.['ports'] !== undefined
  )
}

/** Two workloads may select the same labels by mistake: a pod counts when its owner's name is made from this one's. */
function ownerFits(ref: ObjectRef, pod: Pod): boolean {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller === true)
  if (owner === undefined) return true
  if (owner.kind === ref.kind) return owner.name === ref.name
  return owner.kind === 'ReplicaSet' ? owner.name.startsWith(`${ref.name}-`) : true
}

/** The characters of generated names (apimachinery's rand and SafeEncodeString leave out vowels and what looks alike). */
const suffix = '[bcdfghjklmnpqrstvwxz2456789]'
const tails: Record<string, { [child: string]: string }> = {
  Deployment: { ReplicaSet: `-${suffix}{6,10}`, Pod: `-${suffix}{6,10}-${suffix}{5}` },
  ReplicaSet: { Pod: `-${suffix}{5}` },
  StatefulSet: { Pod: String.raw`-\d+` },
  DaemonSet: { Pod: `-${suffix}{5}` },
  Job: { Pod: String.raw`(-\d+)?-${suffix}{5}` },
  CronJob: { Job: String.raw`-\d+`, Pod: String.raw`-\d+(-\d+)?-${suffix}{5}` },
}

/** Whether a name is that of a child of the object, gone or not: events outlive the pods they are about. */
export function belongsTo(ref: Pick<ObjectRef, 'kind' | 'name'>, childKind: string, childName: string): boolean {
  if (childKind === ref.kind) return childName === ref.name
  const tail = tails[ref.kind]?.[childKind]
  return (
    tail !== undefined &&
    childName.startsWith(ref.name) &&
    new RegExp(`^${tail}$`).test(childName.slice(ref.name.length))
  )
}
