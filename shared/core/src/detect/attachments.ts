import { refKey, type ObjectRef } from '../incident.ts'
import type { KubernetesObject, Pod } from '../kubernetes.ts'
import type { ClusterSnapshot } from '../observe.ts'
import { toMillis } from '../time.ts'
import { isNotReady, type DetectContext } from './context.ts'
import { compareText, nameOf } from './text.ts'

/** What the cluster says of one volume on one node (storage.k8s.io VolumeAttachment), with the claim people know it by. */
export interface Attachment {
  name: string
  volume: string
  node: string
  attached: boolean
  claim: ObjectRef | undefined
  failure: { verb: 'attached to' | 'detached from'; message: string } | undefined
  /** When the driver was asked to attach it, or to detach it. */
  createdAt: number | undefined
}

interface AttachError {
  message?: string
}

/** All attachments, by name. */
export function attachmentsOf({ objects }: Pick<ClusterSnapshot, 'objects'>): Attachment[] {
  const claims = new Map(objects.persistentvolumes.map((volume) => [volume.metadata.name, claimOf(volume)]))
  const sorted = objects.volumeattachments.toSorted((a, b) => compareText(a.metadata.name, b.metadata.name))
  return sorted.map(({ metadata, spec, status }) => {
    const source = (spec?.['source'] ?? {}) as { persistentVolumeName?: string }
    const volume = source.persistentVolumeName ?? ''
    const { attached, attachError, detachError } = (status ?? {}) as {
      attached?: boolean
      attachError?: AttachError
      detachError?: AttachError
    }
    const error = attachError ?? detachError
    return {
      name: metadata.name,
      volume,
      node: (spec?.['nodeName'] as string | undefined) ?? '',
      attached: attached === true,
      claim: claims.get(volume),
      failure: error && {
        verb: attachError === undefined ? 'detached from' : 'attached to',
        message: error.message ?? '',
      },
      createdAt: toMillis(metadata.deletionTimestamp ?? metadata.creationTimestamp),
    }
  })
}

/** Who holds the volumes of a pod that waits for them, and the claims that the storage driver itself reports. */
export function attachedElsewhere(
  context: DetectContext,
  attachments: readonly Attachment[],
  pod: Pod,
): { evidence: string[]; causedBy: ObjectRef[] } {
  const namespace = pod.metadata.namespace ?? ''
  const claims = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
    claim === undefined ? [] : [{ kind: 'PersistentVolumeClaim', namespace, name: claim.claimName }],
  )
  const keys = new Set(claims.map(refKey))
  const failed = attachments.flatMap(({ claim, failure }) =>
    failure && claim && keys.has(refKey(claim)) ? [claim] : [],
  )
  const holders = holdersOf(attachments, claims).filter(({ node }) => node !== pod.spec.nodeName)
  return {
    evidence: holders.map(({ claim, node }) => `${nameOf(claim!)} is attached to node ${node}`).slice(0, 3),
    causedBy: failed.length > 0 ? failed : lostNodes(context, holders),
  }
}

/** Nodes that hold a volume and no longer report: nobody there lets go of it. */
export function lostNodes({ nodes }: DetectContext, holders: readonly Attachment[]): ObjectRef[] {
  return holders
    .map(({ node }) => nodes.get(node))
    .filter((node) => node !== undefined && isNotReady(node))
    .map((node) => ({ kind: 'Node', namespace: '', name: node!.metadata.name }))
}

/** Where the volumes of some claims are attached: who holds a volume that cannot be attached a second time. */
function holdersOf(attachments: readonly Attachment[], claims: readonly ObjectRef[]): Attachment[] {
  const wanted = new Set(claims.map(refKey))
  return attachments.filter(({ attached, claim }) => attached && claim !== undefined && wanted.has(refKey(claim)))
}

function claimOf({ spec }: KubernetesObject): ObjectRef | undefined {
  const { name, namespace } = (spec?.['claimRef'] ?? {}) as { name?: string; namespace?: string }
  return name === undefined ? undefined : { kind: 'PersistentVolumeClaim', namespace: namespace ?? '', name }
}
