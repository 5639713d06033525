import type { ObjectRef } from '../incident.ts'
import type { KubernetesObject, Pod } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'
import { podEvents } from './exits.ts'
import { refOf } from './objects.ts'
import { containersOf } from './pods.ts'

/** What programs say when nobody answers: a refused connection was answered, and blames no policy. */
const silence =
  /i\/o timeout|timed? ?out|deadline exceeded|temporary failure in name resolution|EAI_AGAIN|no route to host/i

interface Rule {
  to?: unknown[]
  ports?: { port?: number | string; protocol?: string }[]
}

interface PolicySpec {
  podSelector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] }
  policyTypes?: string[]
  egress?: Rule[]
}

/**
 * The policies that let a pod reach nothing, or not even DNS, when the pod's own words are of connections nobody answers.
 * Empty when another policy opens what they close: policies add up. A policy alone is never a fault.
 */
export function policiesToBlame(context: DetectContext, pod: Pod): ObjectRef[] {
  if (!complainsOfSilence(context, pod)) return []
  const closing = context.snapshot.objects.networkpolicies.filter(
    (policy) => policy.metadata.namespace === pod.metadata.namespace && limitsEgress(policy) && selects(policy, pod),
  )
  const rules = closing.flatMap(({ spec }) => (spec as PolicySpec | undefined)?.egress ?? [])
  return closing.length === 0 || rules.some(opensNames)
    ? []
    : closing.map((policy) => refOf('networkpolicies', policy)).slice(0, 3)
}

function complainsOfSilence(context: DetectContext, pod: Pod): boolean {
  const ends = containersOf(pod).flatMap(({ status }) => [
    status.state?.terminated?.message,
    status.lastState?.terminated?.message,
    status.state?.waiting?.message,
  ])
  // Probes come from the node, which policies let in, but what they fetch may tell what the program waits for.
  const events = podEvents(context, pod).map(({ message }) => message)
  return [...ends, ...events].some((text) => silence.test(text ?? ''))
}

function limitsEgress({ spec }: KubernetesObject): boolean {
  const { policyTypes, egress } = (spec ?? {}) as PolicySpec
  return policyTypes === undefined ? egress !== undefined : policyTypes.includes('Egress')
}

/** An empty selector means every pod of the namespace; expressions are left to those who can read them all. */
function selects({ spec }: KubernetesObject, { metadata }: Pod): boolean {
  const { matchLabels = {}, matchExpressions = [] } = (spec as PolicySpec | undefined)?.podSelector ?? {}
  return (
    matchExpressions.length === 0 &&
    Object.entries(matchLabels).every(([key, value]) => metadata.labels?.[key] === value)
  )
}

/** Whether a rule lets look names up: any port, or port 53. */
function opensNames({ ports }: Rule): boolean {
  return (
    ports === undefined ||
    ports.length === 0 ||
    ports.some(({ port }) => port === 53 || port === undefined || typeof port === 'string')
  )
}
