import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { conditionOf, eventTimes } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { lastSeen, type DetectContext, type Rule } from '../context.ts'
import { finding, severityByReadiness } from '../finding.ts'
import { isWorkloadKind, readinessOf, type NamedWorkload, type Workload } from '../objects.ts'
import { missingPermission, permissionSteps, permissionText } from '../permissions.ts'
import { createdAt } from '../pods.ts'
import { culpritOf, refusalMeaning } from '../refusals.ts'
import { inNamespace, quote } from '../text.ts'

/** A controller tries again after at most 1000 s (ReplicaSet rate limiter); a refusal not repeated since is over. */
const eventWindow = 20 * minute

/** Workloads whose pods the API server refuses to create. */
export const refused: Rule = {
  codes: ['WORKLOAD_REPLICAS_REFUSED'],
  detect: (context) => {
    const found = new Map<string, Refusal>()
    for (const workload of context.workloads.values()) {
      const refusal = refusalOf(context, workload)
      if (refusal === undefined) continue
      const key = refKey(refusal.owner)
      const known = found.get(key)
      if (known === undefined || refusal.since < known.since) found.set(key, refusal)
    }
    // ReplicaSets are often not read at all; their events name them, and their name the Deployment.
    for (const refusal of fromReplicaSetEvents(context)) {
      const key = refKey(refusal.owner)
      if (!found.has(key)) found.set(key, refusal)
    }
    return [...found.values()].map((refusal) => findingOf(context, refusal))
  },
}

interface Refusal {
  owner: ObjectRef
  message: string
  since: number
}

function refusalOf(context: DetectContext, { ref, object }: NamedWorkload): Refusal | undefined {
  const owner = topOf(ref, object)
  const condition = conditionOf(object, 'ReplicaFailure')
  if (condition?.status === 'True' && condition.reason === 'FailedCreate') {
    return {
      owner,
      message: condition.message ?? '',
      since: toMillis(condition.lastTransitionTime) ?? createdAt(object),
    }
  }
  // StatefulSets, DaemonSets and Jobs have no such condition, only events.
  if (
    ref.kind === 'Deployment' ||
    ref.kind === 'ReplicaSet' ||
    ref.kind === 'CronJob' ||
    !lacksReplicas({ ref, object })
  )
    return undefined
  return fromEvents(context, ref, owner, object.metadata.uid, createdAt(object))
}

function fromReplicaSetEvents(context: DetectContext): Refusal[] {
  const involved = context.events
    .filter(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.kind === 'ReplicaSet')
    .map(({ involvedObject: { namespace = '', name = '' } }) => ({ kind: 'ReplicaSet', namespace, name }))
  return [...new Map(involved.map((ref) => [refKey(ref), ref])).values()].flatMap((ref) => {
    const deployment = { ...ref, kind: 'Deployment', name: ref.name.replace(/-[a-z0-9]{5,10}$/, '') }
    const workload = context.workloads.get(refKey(deployment))
    if (workload === undefined || !lacksReplicas(workload)) return []
    return fromEvents(context, ref, deployment, undefined, createdAt(workload.object)) ?? []
  })
}

function fromEvents(
  context: DetectContext,
  ref: ObjectRef,
  owner: ObjectRef,
  uid: string | undefined,
  created: number,
): Refusal | undefined {
  const events = context
    .eventsOf(ref, uid)
    .filter(
      ({ reason, message }) =>
        reason === 'FailedCreate' && !/already exists|object is being deleted/i.test(message ?? ''),
    )
  const newest = events.at(-1)
  if (newest === undefined || context.now - lastSeen(newest) >= eventWindow) return undefined
  const first = Math.min(...events.map((event) => toMillis(eventTimes(event).first) ?? Infinity))
  return {
    owner,
    message: newest.message ?? '',
    since: Math.max(Number.isFinite(first) ? first : lastSeen(newest), created),
  }
}

function findingOf(context: DetectContext, { owner, message, since }: Refusal): Finding {
  const known = refusalMeaning(message)
  const causedBy = culpritOf(context, message, owner.namespace)
  const missing = missingPermission(message)
  return finding(context, {
    rule: 'WORKLOAD_REPLICAS_REFUSED',
    severity: severityByReadiness(context, owner),
    owner,
    fault: `pods cannot be created: ${known?.fault ?? 'the API server refuses them'}`,
    since,
    evidence: [quote(message), missing !== undefined && `${missing.user} may not ${permissionText(missing)}`],
    causes: known?.causes ?? ['The API server refuses the pod template: its message tells why'],
    nextSteps: [
      ...permissionSteps(message),
      ...(causedBy === undefined
        ? []
        : [`kubectl ${inNamespace(causedBy.namespace)}describe ${causedBy.kind.toLowerCase()} ${causedBy.name}`]),
      `kubectl ${inNamespace(owner.namespace)}describe ${owner.kind.toLowerCase()} ${owner.name}`,
    ],
    links: causedBy === undefined ? {} : { causedBy: [causedBy] },
  })
}

function topOf(ref: ObjectRef, object: Workload): ObjectRef {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner === undefined || !isWorkloadKind(owner.kind)
    ? ref
    : { kind: owner.kind, namespace: ref.namespace, name: owner.name }
}

/** Whether pods are still missing. Old replicas may serve in full while new ones are refused, which only a condition shows. */
function lacksReplicas(workload: NamedWorkload): boolean {
  const { ready, desired } = readinessOf(workload)
  if (ready === null || desired === null) return conditionOf(workload.object, 'Complete')?.status !== 'True'
  return ready < desired || (workload.object.status?.updatedReplicas ?? desired) < desired
}
