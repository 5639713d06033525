import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { eventTimes, type KubernetesEvent } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { lastSeen, type DetectContext, type Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { templateOf } from '../objects.ts'
import {
  missingPermission,
  permissionSteps,
  permissionText,
  serviceAccountOf,
  type MissingPermission,
} from '../permissions.ts'
import { compareText, quote } from '../text.ts'

/** Controllers try again within a quarter of an hour or so (client-go back-off, at most 1000 s); silent for longer, it is over. */
const eventWindow = 20 * minute
/** A role bound a moment after its user started heals by itself: a refusal counts when it was repeated. */
const repeated = 3

interface Refusal {
  event: KubernetesEvent
  missing: MissingPermission
  owner: ObjectRef
}

/** Permissions that events say somebody lacks, on the workload that runs as that service account. */
export const forbidden: Rule = {
  codes: ['PERMISSION_MISSING'],
  detect: (context) => {
    const refusals = context.events.flatMap((event) => refusalOf(context, event))
    const groups = Map.groupBy(refusals, ({ owner, missing }) => `${refKey(owner)} ${permissionText(missing)}`)
    return [...groups.values()].flatMap((group) => findingsOf(context, group))
  },
}

function refusalOf(context: DetectContext, event: KubernetesEvent): Refusal[] {
  // That pods are refused is told of their workload by `refused`.
  if (event.type !== 'Warning' || event.reason === 'FailedCreate') return []
  if (context.now - lastSeen(event) >= eventWindow) return []
  const missing = missingPermission(event.message ?? '')
  if (missing === undefined) return []
  const { kind = '', namespace = '', name = '' } = event.involvedObject
  return [{ event, missing, owner: runningAs(context, missing) ?? ownerOf(context, { kind, namespace, name }) }]
}

function findingsOf(context: DetectContext, group: readonly Refusal[]): Finding[] {
  const { event, missing, owner } = group.toSorted(byTime).at(-1)!
  const times = group.map((refusal) => eventTimes(refusal.event))
  if (times.reduce((total, { count }) => total + count, 0) < repeated) return []
  const first = Math.min(...times.map(({ first }) => toMillis(first) ?? Infinity))
  return [
    finding(context, {
      rule: 'PERMISSION_MISSING',
      severity: 'warning',
      owner,
      // Several missing permissions of one owner are findings of their own.
      container: permissionText(missing),
      fault: `${missing.user} may not ${permissionText(missing)}`,
      since: Number.isFinite(first) ? first : lastSeen(event),
      evidence: [`${event.reason}: ${quote(event.message)}`],
      causes: ['A Role, ClusterRole or its binding is missing or was changed', 'It runs as the wrong service account'],
      nextSteps: permissionSteps(event.message ?? ''),
    }),
  ]
}

function byTime(a: Refusal, b: Refusal): number {
  return lastSeen(a.event) - lastSeen(b.event) || compareText(a.event.metadata.name, b.event.metadata.name)
}

/** The one workload that runs as the service account; several sharing it leave open which of them asked. */
function runningAs({ workloads }: DetectContext, missing: MissingPermission): ObjectRef | undefined {
  const account = serviceAccountOf(missing)
  if (account === undefined || account.name === 'default') return undefined
  const users = [...workloads.values()].filter(
    ({ ref, object }) =>
      ref.kind !== 'ReplicaSet' &&
      ref.namespace === account.namespace &&
      templateOf(object)?.spec?.serviceAccountName === account.name,
  )
  return users.length === 1 ? users[0]!.ref : undefined
}

function ownerOf(context: DetectContext, ref: ObjectRef): ObjectRef {
  if (ref.kind !== 'Pod') return ref
  const pod = context.pods.find(({ metadata }) => metadata.name === ref.name && metadata.namespace === ref.namespace)
  return pod === undefined ? ref : context.ownerOf(pod)
}
