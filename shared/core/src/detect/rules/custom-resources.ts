import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { controllerOf, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { judge, kubectlKind, refOfCustom } from '../custom-resources.ts'
import { partsOf, type Parts } from '../custom-parts.ts'
import { finding } from '../finding.ts'
import { usersOfSecret } from '../references.ts'
import { permissionSteps } from '../permissions.ts'
import { inNamespace, quote } from '../text.ts'
import { familyOf, type Family } from './custom-resource-families.ts'

/** Controllers clean up within minutes what they made (Radar: 10 m). */
const deletionGrace = 10 * minute

/**
 * Custom resources whose own conditions say that they failed. Any type that keeps to the conventions can be read so; what an
 * add-on means beyond them stands in its family.
 */
export const customResourceRule: Rule = {
  codes: [
    'CUSTOM_RESOURCE_NOT_READY',
    'CUSTOM_RESOURCE_STUCK_DELETING',
    'ISSUER_NOT_READY',
    'SECRET_STORE_NOT_READY',
    'EXTERNAL_SECRET_NOT_SYNCED',
    'SEALED_SECRET_NOT_SYNCED',
    'SCALED_OBJECT_NOT_READY',
  ],
  detect: (context) => {
    const parts = partsOf(context.snapshot, context.now)
    return context.snapshot.objects.customresources.flatMap((object) => {
      const family = familyOf(object)
      if (family === undefined || isStopped(object)) return []
      return [...findingsOf(context, object, family, parts), ...stuckDeleting(context, object)]
    })
  },
}

/** Fields by which somebody stops it on purpose (Flux, Cluster API, Argo, Percona, KubeVirt, OpenShift). */
const stoppedBy: Record<string, readonly unknown[]> = {
  suspend: [true],
  suspended: [true],
  paused: [true],
  pause: [true],
  running: [false],
  enabled: [false],
  runStrategy: ['Halted'],
  managementState: ['Removed', 'Unmanaged'],
}
/** Annotations that do the same (crossplane.io/paused, cluster.x-k8s.io/paused, strimzi.io/pause-reconciliation, cnpg.io/hibernation). */
const stoppingAnnotation = /\/(?:paused|pause-reconciliation|paused-replicas|suspend|suspended|hibernation)$/

function isStopped({ metadata, spec }: KubernetesObject): boolean {
  return (
    Object.entries(stoppedBy).some(([field, values]) => values.includes(spec?.[field])) ||
    Object.entries(metadata.annotations ?? {}).some(
      ([key, value]) => stoppingAnnotation.test(key) && !/^(?:false|off)$/i.test(value),
    )
  )
}

function stuckDeleting(context: DetectContext, object: KubernetesObject): Finding[] {
  const since = toMillis(object.metadata.deletionTimestamp)
  const { finalizers = [] } = object.metadata
  if (since === undefined || finalizers.length === 0 || context.now - since < deletionGrace) return []
  const ref = refOfCustom(object)
  return [
    finding(context, {
      rule: 'CUSTOM_RESOURCE_STUCK_DELETING',
      severity: 'warning',
      owner: ref,
      fault: `deletion does not finish: finalizer ${finalizers.join(', ')} holds it`,
      since,
      evidence: [`To be deleted since ${object.metadata.deletionTimestamp}`],
      causes: ['The controller that owns the finalizer is not running or cannot clean up'],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}get ${kubectlKind(object)} ${ref.name} -o jsonpath='{.metadata.finalizers}'`,
      ],
    }),
  ]
}

function findingsOf(context: DetectContext, object: KubernetesObject, family: Family, parts: Parts): Finding[] {
  const verdict = judge(object, context.now)
  if (verdict.state !== 'degraded') return []
  const ref = refOfCustom(object)
  const { type, status, reason, message } = verdict.condition
  const makes = family.makes?.(object) ?? []
  const causedBy = [...(family.needs?.(object) ?? []), ...managedBy(context, ref), ...parts.causesOf(object)]
  return [
    finding(context, {
      rule: family.rule,
      severity: parts.isLeftBehind(object) ? 'info' : 'warning',
      owner: ref,
      fault: `${type} is ${status}: ${reason ?? 'no reason given'}`,
      since: verdict.since,
      evidence: [quote(message), ...makes.flatMap((secret) => usersOfSecret(context, secret))],
      causes: family.causes,
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}describe ${kubectlKind(object)} ${ref.name}`,
        ...permissionSteps(message ?? ''),
      ],
      links: {
        ...(causedBy.length > 0 ? { causedBy } : {}),
        ...(makes.length > 0 ? { makes } : {}),
      },
    }),
  ]
}

/** The workloads an operator runs for a custom resource: their faults say more than its condition. */
function managedBy({ workloads }: DetectContext, owner: ObjectRef): ObjectRef[] {
  return [...workloads.values()]
    .filter(({ ref, object }) => {
      const above = controllerOf(object)
      return above !== undefined && refKey({ ...above, namespace: ref.namespace }) === refKey(owner)
    })
    .map(({ ref }) => ref)
}
