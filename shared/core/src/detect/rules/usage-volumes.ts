import { refKey, type Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { VolumeUsage } from '../../metrics.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { inNamespace } from '../text.ts'

/** Share free below which a volume is as good as full (kubernetes-mixin, KubePersistentVolumeFillingUp: 3 %). */
const full = 0.03
/** Share free below which one that will be full soon is told (the same: 15 %, and full within four days by the last six hours). */
const low = 0.15

type Amount = 'space' | 'inodes'

/** Volumes that are full or will be within days, where Prometheus tells; the API server does not know what is on a disk. */
export const volumeUsage: Rule = {
  codes: ['VOLUME_FULL', 'VOLUME_FILLING'],
  detect: (context) =>
    (context.snapshot.metrics?.volumes ?? []).flatMap((usage) => {
      // Another cluster's Prometheus would know other claims; what nobody can write to does not fill.
      const claim = context.find('persistentvolumeclaims', usage.namespace, usage.claim)
      return claim === undefined || isReadOnly(claim)
        ? []
        : [...tell(context, claim, usage, 'space'), ...tell(context, claim, usage, 'inodes')]
    }),
}

function tell(context: DetectContext, claim: KubernetesObject, usage: VolumeUsage, amount: Amount): Finding[] {
  const { free, fullWithinDays } = usage[amount] ?? {}
  if (free === undefined || free >= low || (free >= full && fullWithinDays !== true)) return []
  const { namespace, name } = claim.metadata
  const isFull = free < full
  const unit = amount === 'space' ? 'space' : 'room for more files (inodes)'
  return [
    finding(context, {
      rule: isFull ? 'VOLUME_FULL' : 'VOLUME_FILLING',
      severity: isFull ? 'critical' : 'warning',
      owner: refOf('persistentvolumeclaims', claim),
      // A volume has two amounts that run out, and both have an incident of their own.
      ...(amount === 'inodes' ? { container: amount } : {}),
      fault: isFull ? `the volume has no ${unit} left` : `the volume will have no ${unit} left within four days`,
      evidence: [
        `${(free * 100).toFixed(1)} % of its ${amount} is free`,
        ...mountedBy(context, claim).map((pod) => `Mounted by ${pod}`),
      ],
      causes: ['Data, logs or temporary files grow and nothing removes them', 'The volume is too small for its data'],
      nextSteps: [
        `kubectl ${inNamespace(namespace)}describe persistentvolumeclaim ${name}`,
        'Remove what is not needed, or enlarge the claim where its StorageClass allows expansion',
      ],
    }),
  ]
}

function isReadOnly({ spec }: KubernetesObject): boolean {
  const modes = spec?.['accessModes']
  return Array.isArray(modes) && modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')
}

/** Pods that were read and mount it: those that are in trouble. */
function mountedBy({ pods }: DetectContext, { metadata }: KubernetesObject): string[] {
  return pods
    .filter(
      ({ metadata: { namespace }, spec }) =>
        namespace === metadata.namespace &&
        spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name),
    )
    .slice(0, 3)
    .map((pod) => refKey({ kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }))
}
