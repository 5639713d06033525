import type { ObjectRef } from '../incident.ts'
import { conditionsOf, type Condition, type KubernetesObject } from '../kubernetes.ts'
import type { ClusterSnapshot } from '../observe.ts'
import { hour, minute, toMillis } from '../time.ts'
import { createdAt } from './pods.ts'

/** A controller that has not settled for this long is not settling (10 m: slower than any retry a controller begins with). */
export const settlingGrace = 10 * minute

/** Conditions that say "it works" when True. `Ready` is kstatus's; the others are what the types we read call it. */
const verdicts = new Set(['Ready', 'Healthy', 'Installed', 'Available', 'Reconciled', 'Synced'])

/** Conditions that say "it does not" when True (Strimzi's NotReady, OpenShift's Degraded and Failing, and plain words of others). */
const complaints = new Set(['NotReady', 'Degraded', 'Failed', 'Failing', 'Error'])

/** Where a status tells in a word how it is, without conditions: most operators, Elastic, Longhorn, Rook. */
const phaseFields = [['phase'], ['state'], ['health'], ['robustness'], ['ceph', 'health']] as const
/** The words for a fault there. */
const badPhases =
  /^(?:(?!no)\w*(?:failed|failure|error)|failed\w+|degraded|unhealthy|unavailable|faulted|red|HEALTH_ERR)$/i

/** Kinds of a task that is done once: how it ended is history, told by whoever wanted it done. */
const oneShot =
  /(?:Run|Workflow|Backup|Restore|Job|Task|Execution|Scan|Request|Challenge|Order|Build|Migration|Upload|Download|Snapshot|Report)$/

/** Reasons by which a controller says that it rests: nothing is wanted of it (Knative's idle revisions, stopped machines, pauses). */
const resting =
  /^(?:NoTraffic|Inactive|Idle|VMINotExists|NotRequested|NotConfigured|Disabled|Hibernat\w+|Suspended|Stopped|\w*Paused|ScaledToZero)$/i
/** Reasons by which it says that it is at work: clouds take long for a database or a machine. */
const atWork =
  /^(?:Creating|Provisioning|Installing|Updating|Upgrading|Deleting|Starting|InProgress|Progressing|Issuing|Scaling\w*)$/i
/** What is at work for longer does not get there (slow managed databases take half an hour). */
const workGrace = hour

/** What a resource's own conditions say of it. Only `degraded` is a fault. */
export type Verdict =
  | { state: 'ready' | 'progressing' | 'unknown' }
  | { state: 'degraded'; condition: Condition; since: number }

/**
 * Judges any resource that keeps to the conventions, by kstatus (sigs.k8s.io/cli-utils): a generation not yet observed or
 * Reconciling True is progress, Stalled True is failure, Ready False is failure once it has had time to settle. What has no such
 * condition, or says Unknown, is unknown and never a fault. What is being deleted is left to whoever deletes it.
 */
export function judge(object: KubernetesObject, now: number): Verdict {
  const conditions = conditionsOf(object)
  const isTrue = (type: string): Condition | undefined =>
    conditions.find((condition) => condition.type === type && condition.status === 'True')
  if (object.metadata.deletionTimestamp !== undefined || !isObserved(object)) return { state: 'progressing' }
  const stalled = isTrue('Stalled')
  if (stalled !== undefined) return { state: 'degraded', condition: stalled, since: sinceOf(object, stalled) }
  const reconciling = isTrue('Reconciling')
  // Flux keeps Reconciling True while it tries a failed step again (fluxcd/pkg: ProgressingWithRetryReason).
  if (reconciling !== undefined && reconciling.reason !== 'ProgressingWithRetry') return { state: 'progressing' }
  const failed =
    conditions.filter(isFault).find(({ type, status }) => verdicts.has(type) && status === 'False') ??
    conditions.filter(isFault).find(({ type, status }) => complaints.has(type) && status === 'True') ??
    badPhase(object)
  if (failed !== undefined) {
    const since = sinceOf(object, failed)
    return now - since < (atWork.test(failed.reason ?? '') ? workGrace : settlingGrace)
      ? { state: 'progressing' }
      : { state: 'degraded', condition: failed, since }
  }
  return { state: conditions.some(({ type, status }) => verdicts.has(type) && status === 'True') ? 'ready' : 'unknown' }
}

/** Knative and Cluster API mark conditions that are no fault as Info; a reason that tells of rest is none either. */
function isFault(condition: Condition & { severity?: string }): boolean {
  return condition.severity !== 'Info' && !resting.test(condition.reason ?? '')
}

/** A phase that tells a fault, as a condition would. Nothing but the object's age tells since when. */
function badPhase({ kind = '', status }: KubernetesObject): Condition | undefined {
  if (oneShot.test(kind)) return undefined
  const textOf = (...path: readonly string[]): string => {
    const value = path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], status)
    return typeof value === 'string' ? value : ''
  }
  const field = phaseFields.find((path) => badPhases.test(textOf(...path)))
  if (field === undefined) return undefined
  return {
    type: field.join('.'),
    status: textOf(...field),
    reason: textOf('reason') || 'no reason given',
    message: textOf('message'),
  }
}

/** When a condition became what it is; without a time of its own, no earlier than its object. */
export function sinceOf(object: KubernetesObject, { lastTransitionTime, lastUpdateTime }: Condition): number {
  return toMillis(lastTransitionTime) ?? toMillis(lastUpdateTime) ?? createdAt(object)
}

/** The custom resources of a group, of one kind when asked so. */
export function customResources(
  { objects }: Pick<ClusterSnapshot, 'objects'>,
  group: string,
  kind?: string,
): KubernetesObject[] {
  return objects.customresources.filter(
    (object) => groupOf(object) === group && (kind === undefined || object.kind === kind),
  )
}

export function groupOf({ apiVersion = '' }: KubernetesObject): string {
  return apiVersion.split('/')[0]!
}

export function refOfCustom({ kind = '', metadata }: KubernetesObject): ObjectRef {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name }
}

/** `kind.group`, lower case: the name by which kubectl cannot take it for a namesake of another group. */
export function kubectlKind(object: KubernetesObject): string {
  return `${(object.kind ?? '').toLowerCase()}.${groupOf(object)}`
}

/** Whether the controller has seen the object as it is. Argo Rollouts writes the generation as text. */
function isObserved({ metadata, status }: KubernetesObject): boolean {
  const observed = Number(status?.['observedGeneration'] ?? metadata.generation ?? 0)
  return Number.isNaN(observed) || metadata.generation === undefined || observed >= metadata.generation
}
