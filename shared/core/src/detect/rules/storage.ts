import type { Finding, ObjectRef } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { driverWorkloadsDown } from '../plugins.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** Provisioners need a minute or two (Radar: 5 m). */
const pendingGrace = 5 * minute

/** Claims and volumes that are stuck or lost. */
export const storage: Rule = {
  codes: ['PVC_PENDING', 'PVC_LOST', 'PV_FAILED', 'PV_PENDING', 'PV_RELEASED'],
  detect: (context) => {
    const down = driversDown(context)
    return [
      ...context.snapshot.objects.persistentvolumeclaims.flatMap((claim) => claimFindings(context, down, claim)),
      ...context.snapshot.objects.persistentvolumes
        .filter(({ status }) => status?.['phase'] === 'Failed')
        .map((volume) => failedVolume(context, volume)),
      ...context.snapshot.objects.persistentvolumes.flatMap((volume) => restingVolume(context, volume)),
    ]
  },
}

/** The workloads by which a driver is down, looked for once for each: a driver that is down leaves many claims. */
function driversDown(context: DetectContext): DriversDown {
  const known = new Map<string, ObjectRef[]>()
  return (driver) => {
    const down = known.get(driver) ?? driverWorkloadsDown(context, driver)
    known.set(driver, down)
    return down
  }
}

type DriversDown = (driver: string) => ObjectRef[]

function claimFindings(context: DetectContext, down: DriversDown, claim: KubernetesObject): Finding[] {
  const phase = claim.status?.['phase']
  if (claim.metadata.deletionTimestamp !== undefined) return []
  if (phase === 'Lost') return [lost(context, claim)]
  return phase === 'Pending' ? pending(context, down, claim) : []
}

function pending(context: DetectContext, down: DriversDown, claim: KubernetesObject): Finding[] {
  const { now } = context
  const ref = refOf('persistentvolumeclaims', claim)
  const className = claim.spec?.['storageClassName'] as string | undefined
  const storageClass =
    className === undefined || className === '' ? undefined : context.find('storageclasses', '', className)
  const classMissing =
    className !== undefined && className !== '' && context.surelyAbsent('storageclasses', '', className)
  // Such a claim waits for a pod on purpose; when a pod waits for it in turn, the scheduler's words blame it.
  if (storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer' && !isProvisioning(claim)) return []
  if (now - createdAt(claim) < pendingGrace) return []
  const event = context.eventsOf(ref, claim.metadata.uid).findLast(({ type }) => type === 'Warning')
  const driver = storageClass?.['provisioner'] as string | undefined
  const cause: ObjectRef[] = classMissing
    ? [{ kind: 'StorageClass', namespace: '', name: className }]
    : driver === undefined
      ? []
      : down(driver)
  return [
    finding(context, {
      rule: 'PVC_PENDING',
      severity: 'warning',
      owner: ref,
      fault: classMissing ? `not bound: StorageClass ${className} does not exist` : 'not bound to a volume',
      since: createdAt(claim),
      evidence: [
        `Pending since ${claim.metadata.creationTimestamp}, StorageClass ${className ?? 'not given'}${storageClass === undefined ? '' : `, provisioner ${driver ?? 'none'}`}`,
        event !== undefined && `${event.reason}: ${quote(event.message)}`,
      ],
      causes: classMissing
        ? ['The StorageClass was renamed, or the manifest was written for another cluster']
        : ['The provisioner is not running or refuses', 'No PersistentVolume fits the claim'],
      nextSteps: [describe(claim), 'kubectl get storageclass'],
      links: cause.length > 0 ? { causedBy: cause } : {},
    }),
  ]
}

/** A node was chosen for its pod, so that a volume is really wanted now. */
function isProvisioning(claim: KubernetesObject): boolean {
  return claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined
}

function lost(context: DetectContext, claim: KubernetesObject): Finding {
  const volume = (claim.spec?.['volumeName'] as string | undefined) ?? ''
  return finding(context, {
    rule: 'PVC_LOST',
    severity: 'critical',
    owner: refOf('persistentvolumeclaims', claim),
    fault: 'its volume is gone',
    evidence: [`Phase Lost, volume ${volume}`],
    causes: ['The PersistentVolume was deleted while the claim was bound to it'],
    nextSteps: [describe(claim), `kubectl get pv ${volume}`],
  })
}

function failedVolume(context: DetectContext, volume: KubernetesObject): Finding {
  return finding(context, {
    rule: 'PV_FAILED',
    severity: 'critical',
    owner: refOf('persistentvolumes', volume),
    fault: 'volume failed',
    since: toMillis(volume.status?.['lastPhaseTransitionTime'] as string | undefined),
    evidence: [
      quote((volume.status?.['message'] as string | undefined) ?? 'Phase Failed'),
      `Reason ${(volume.status?.['reason'] as string | undefined) ?? 'none'}`,
    ],
    causes: ['The storage driver could not delete or recycle it'],
    nextSteps: [`kubectl describe pv ${volume.metadata.name}`],
  })
}

/** A volume that never becomes usable, or that nobody will use again though it holds data. */
function restingVolume(context: DetectContext, volume: KubernetesObject): Finding[] {
  const phase = volume.status?.['phase']
  const pending = phase === 'Pending' && context.now - createdAt(volume) >= pendingGrace
  const released = phase === 'Released' && volume.spec?.['persistentVolumeReclaimPolicy'] === 'Retain'
  if (volume.metadata.deletionTimestamp !== undefined || (!pending && !released)) return []
  const { namespace = '', name = '' } = (volume.spec?.['claimRef'] ?? {}) as { namespace?: string; name?: string }
  return [
    finding(context, {
      rule: pending ? 'PV_PENDING' : 'PV_RELEASED',
      severity: pending ? 'warning' : 'info',
      owner: refOf('persistentvolumes', volume),
      fault: pending ? 'volume does not become available' : 'volume is kept after its claim was deleted',
      since: toMillis(volume.status?.['lastPhaseTransitionTime'] as string | undefined) ?? createdAt(volume),
      evidence: [quote(volume.status?.['message'] as string | undefined), name !== '' && `Claim ${namespace}/${name}`],
      causes: pending
        ? ['The controller that binds volumes is not running', 'The storage driver has not made it']
        : ['Reclaim policy Retain: somebody must delete it, or clear its claimRef to use it again'],
      nextSteps: [`kubectl describe pv ${volume.metadata.name}`],
    }),
  ]
}

function describe({ metadata }: KubernetesObject): string {
  return `kubectl ${inNamespace(metadata.namespace)}describe pvc ${metadata.name}`
}
