import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { conditionOf, eventTimes, type KubernetesEvent, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import { lastSeen, type DetectContext, type Rule } from '../context.ts'
import { finding, severityByReadiness } from '../finding.ts'
import { readinessOf, type NamedWorkload, type Workload } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** A controller tries again after at most 1000 s (ReplicaSet rate limiter); a refusal not repeated since is over. */
const eventWindow = 20 * minute

/** Why the API server turned pods away, by its own words; the first that matches decides. */
const refusals: readonly { pattern: RegExp; fault: string; causes: string[] }[] = [
  {
    pattern: /exceeded quota:|failed quota:/i,
    fault: 'the namespace has used up its quota',
    causes: ['More replicas or bigger requests than the quota allows', 'Something else in the namespace uses it up'],
  },
  {
    pattern: /violates PodSecurity/i,
    fault: 'its pods violate the Pod Security level of the namespace',
    causes: ['The pod template lacks security settings the namespace demands', "The namespace's level was raised"],
  },
  {
    pattern: /(?:maximum|minimum) \S+ usage per|limit to request ratio/i,
    fault: 'its pods are outside the LimitRange of the namespace',
    causes: ['Requests or limits are above or below what the LimitRange allows'],
  },
  {
    pattern: /failed calling webhook/i,
    fault: 'an admission webhook does not answer',
    causes: ["The webhook's service has no ready pod", 'Its certificate expired or its network is blocked'],
  },
  {
    pattern: /admission webhook ".*" denied/i,
    fault: 'an admission policy denies its pods',
    causes: ['The pod template breaks a policy of the cluster'],
  },
  {
    pattern: /error looking up service account/i,
    fault: 'its service account does not exist',
    causes: ['The ServiceAccount was never created or was deleted'],
  },
  {
    pattern: /because it is being terminated/i,
    fault: 'its namespace is being deleted',
    causes: ['The namespace was deleted'],
  },
  {
    pattern: /is forbidden: User/i,
    fault: 'its controller has no permission to create pods',
    causes: ['A role or binding is missing'],
  },
]

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
  const involved = (context.snapshot.objects.events as readonly KubernetesEvent[])
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
  const known = refusals.find(({ pattern }) => pattern.test(message))
  const causedBy = culpritOf(context, message, owner.namespace)
  return finding(context, {
    rule: 'WORKLOAD_REPLICAS_REFUSED',
    severity: severityByReadiness(context, owner),
    owner,
    fault: `pods cannot be created: ${known?.fault ?? 'the API server refuses them'}`,
    since,
    evidence: [quote(message)],
    causes: known?.causes ?? ['The API server refuses the pod template: its message tells why'],
    nextSteps: [
      ...(causedBy === undefined
        ? []
        : [`kubectl ${inNamespace(causedBy.namespace)}describe ${causedBy.kind.toLowerCase()} ${causedBy.name}`]),
      `kubectl ${inNamespace(owner.namespace)}describe ${owner.kind.toLowerCase()} ${owner.name}`,
    ],
    links: causedBy === undefined ? {} : { causedBy: [causedBy] },
  })
}

/** The object whose doing the refusal is, when the message names it. */
function culpritOf({ snapshot }: DetectContext, message: string, namespace: string): ObjectRef | undefined {
  const quota = /(?:exceeded|failed) quota: ([^\s,:]+)/i.exec(message)?.[1]
  if (quota !== undefined) return { kind: 'ResourceQuota', namespace, name: quota }
  const account = /error looking up service account ([^/\s]+)\/([^\s:]+)/i.exec(message)
  if (account !== null) return { kind: 'ServiceAccount', namespace: account[1]!, name: account[2]! }
  if (/because it is being terminated/i.test(message)) return { kind: 'Namespace', namespace: '', name: namespace }

  const webhook = /failed calling webhook "([^"]+)"/i.exec(message)?.[1]
  if (webhook === undefined) return undefined
  const registers = ({ webhooks }: KubernetesObject): boolean =>
    ((webhooks ?? []) as { name?: string }[]).some(({ name }) => name === webhook)
  const validating = snapshot.objects.validatingwebhookconfigurations.find(registers)
  const mutating = snapshot.objects.mutatingwebhookconfigurations.find(registers)
  if (validating !== undefined)
    return { kind: 'ValidatingWebhookConfiguration', namespace: '', name: validating.metadata.name }
  if (mutating !== undefined)
    return { kind: 'MutatingWebhookConfiguration', namespace: '', name: mutating.metadata.name }
  const service = /https?:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc/i.exec(message)
  return service === null ? undefined : { kind: 'Service', namespace: service[2]!, name: service[1]! }
}

function topOf(ref: ObjectRef, object: Workload): ObjectRef {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner === undefined ? ref : { kind: owner.kind, namespace: ref.namespace, name: owner.name }
}

/** Whether pods are still missing. Old replicas may serve in full while new ones are refused, which only a condition shows. */
function lacksReplicas(workload: NamedWorkload): boolean {
  const { ready, desired } = readinessOf(workload)
  if (ready === null || desired === null) return conditionOf(workload.object, 'Complete')?.status !== 'True'
  return ready < desired || (workload.object.status?.updatedReplicas ?? desired) < desired
}
