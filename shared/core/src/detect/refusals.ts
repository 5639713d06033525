import type { ObjectRef } from '../incident.ts'
import type { KubernetesObject } from '../kubernetes.ts'
import type { Lookup } from './lookup.ts'

interface RefusalMeaning {
  pattern: RegExp
  fault: string
  causes: string[]
}

/** Why the API server turned pods away, by its own words; the first that matches decides. */
const refusals: readonly RefusalMeaning[] = [
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

/** What a refusal of the API server means; undefined when this version does not know its words. */
export function refusalMeaning(message: string): RefusalMeaning | undefined {
  return refusals.find(({ pattern }) => pattern.test(message))
}

/** The object whose doing the refusal is, when the message names it. */
export function culpritOf({ snapshot }: Lookup, message: string, namespace: string): ObjectRef | undefined {
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
