import type { Finding } from '../../incident.ts'
import { conditionsOf, type KubernetesObject } from '../../kubernetes.ts'
import { hour, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { inNamespace, quote } from '../text.ts'

/** A mounted file system grows within minutes; one that still waits is not mounted, or its driver grows it only on a new mount. */
const pendingGrace = hour

const failures = new Set(['ControllerResizeError', 'NodeResizeError', 'ModifyVolumeError'])

/** Claims whose volume does not become what they ask for. */
export const resizes: Rule = {
  codes: ['PVC_RESIZE_FAILED', 'PVC_RESIZE_PENDING'],
  detect: (context) =>
    context.snapshot.objects.persistentvolumeclaims
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap((claim) => [...failed(context, claim), ...pending(context, claim)]),
}

function failed(context: DetectContext, claim: KubernetesObject): Finding[] {
  const condition = conditionsOf(claim).find(({ type, status }) => status === 'True' && failures.has(type))
  // Drivers of 1.31 and later say only here that a size is beyond them.
  const states = (claim.status?.['allocatedResourceStatuses'] ?? {}) as Record<string, string>
  const fault = condition?.type ?? Object.values(states).find((state) => state.endsWith('Infeasible'))
  if (fault === undefined) return []
  return [
    finding(context, {
      rule: 'PVC_RESIZE_FAILED',
      severity: 'warning',
      owner: refOf('persistentvolumeclaims', claim),
      fault: `volume cannot be changed: ${fault}`,
      since: toMillis(condition?.lastTransitionTime),
      evidence: [quote(condition?.message), sizes(claim)],
      causes: ['The storage driver refuses the new size or class'],
      nextSteps: [describe(claim)],
    }),
  ]
}

function pending(context: DetectContext, claim: KubernetesObject): Finding[] {
  const condition = conditionsOf(claim).find(
    ({ type, status }) => type === 'FileSystemResizePending' && status === 'True',
  )
  const since = toMillis(condition?.lastTransitionTime)
  if (since === undefined || context.now - since < pendingGrace) return []
  return [
    finding(context, {
      rule: 'PVC_RESIZE_PENDING',
      severity: 'info',
      owner: refOf('persistentvolumeclaims', claim),
      fault: 'its volume grew, its file system did not',
      since,
      evidence: [quote(condition?.message), sizes(claim)],
      causes: ['No pod mounts it', 'The driver grows file systems only when a pod mounts them anew'],
      nextSteps: [describe(claim), `Restart the pod that mounts claim ${claim.metadata.name}`],
    }),
  ]
}

function sizes({ spec, status }: KubernetesObject): string | false {
  const wanted = (spec?.['resources'] as { requests?: { storage?: string } } | undefined)?.requests?.storage
  const have = (status?.['capacity'] as { storage?: string } | undefined)?.storage
  return wanted !== undefined && `Asked for ${wanted}, has ${have ?? 'unknown'}`
}

function describe({ metadata }: KubernetesObject): string {
  return `kubectl ${inNamespace(metadata.namespace)}describe pvc ${metadata.name}`
}
