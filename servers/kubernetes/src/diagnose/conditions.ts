import { clip } from '@kubevigil/core/budget'
import { conditionsOf, type Condition, type KubernetesObject } from '@kubevigil/core/kubernetes'

/** Conditions that are bad when True. Every other well-known condition is bad when False or Unknown. */
const badWhenTrue =
  /Pressure$|^(NetworkUnavailable|ReplicaFailure|Failed|FailureTarget|Stalled|FrequentKubeletRestart|FrequentContainerdRestart|KernelDeadlock|ReadonlyFilesystem|DisruptionTarget|ComparisonError|SyncError|InvalidSpecError|FileSystemResizePending|ControllerResizeError|NodeResizeError|NamespaceDeletionDiscoveryFailure|NamespaceDeletionContentFailure|NamespaceContentRemaining|NamespaceFinalizersRemaining|NamesNotAccepted)$/
const badWhenFalse =
  /^(Ready|Available|Progressing|Initialized|PodScheduled|ScalingActive|AbleToScale|Healthy|Synced|Accepted|Programmed|ResolvedRefs|Established|NamesAccepted|Reconciled|Bound)$/
/** Reasons that make a False intentional. */
const intended = new Set(['ScalingDisabled', 'DeploymentPaused', 'PodCompleted', 'SchedulingGated', 'Suspended'])

/** The conditions of an object that say something is wrong. Types nobody knows are left out: their sense cannot be told. */
export function badConditions(
  object: KubernetesObject,
): { type: string; status: string; reason: string; message: string; since: string }[] {
  // A pod that has done its work is not ready, and rightly so.
  if (object.status?.['phase'] === 'Succeeded') return []
  return conditionsOf(object)
    .filter((condition) => isBad(condition) && !intended.has(condition.reason ?? ''))
    .slice(0, 10)
    .map(({ type, status, reason = '', message = '', lastTransitionTime = '' }) => ({
      type,
      status,
      reason,
      message: clip(message, 300),
      since: lastTransitionTime,
    }))
}

function isBad({ type, status }: Condition): boolean {
  return badWhenTrue.test(type) ? status !== 'False' : badWhenFalse.test(type) && status !== 'True'
}
