import type { ObjectRef } from '../incident.ts'
import type { KubernetesObject, Pod } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'
import { podEvents } from './exits.ts'
import type { Lookup } from './lookup.ts'
import { refOf } from './objects.ts'
import { containersOf } from './pods.ts'
import { satisfies, type LabelSelector } from './selectors.ts'

/** What programs say when nobody answers: a refused connection was answered, and blames no policy. */
const silence =
  /i\/o timeout|timed? ?-?out|deadline exceeded|temporary failure in name resolution|EAI_AGAIN|no route to host/i

/** Policies an answer names: a namespace may hold dozens for one pod. */
const mostNamed = 3

interface Peer {
  podSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  ipBlock?: unknown
}

export interface PolicyRule {
  to?: Peer[]
  from?: Peer[]
  ports?: { port?: number | string; endPort?: number; protocol?: string }[]
}

interface PolicySpec {
  podSelector?: LabelSelector
  policyTypes?: string[]
  egress?: PolicyRule[]
  ingress?: PolicyRule[]
}

/** Pods as network policies see them. */
export interface PodSet {
  namespace: string
  labels: Record<string, string> | undefined
}

/** Where names are looked up. */
const dnsPorts = [53]

/** Whether a text tells of a connection nobody answers. */
export function isSilence(text: string): boolean {
  return silence.test(text)
}

/**
 * The policies that let a pod reach nothing, or not even DNS, when the pod's own words are of connections nobody answers.
 * A policy alone is never a fault.
 */
export function policiesToBlame(context: DetectContext, pod: Pod): ObjectRef[] {
  if (!complainsOfSilence(context, pod)) return []
  return policiesClosingNames(context, { namespace: pod.metadata.namespace ?? '', labels: pod.metadata.labels })
}

/** The policies by which pods cannot look names up; empty when another opens what they close: policies add up. */
export function policiesClosingNames(lookup: Lookup, pods: PodSet): ObjectRef[] {
  const closing = policiesFor(lookup, pods, 'Egress')
  return closing.some((policy) => rulesOf(policy, 'Egress').some((rule) => opensPort(rule, dnsPorts)))
    ? []
    : named(closing)
}

/**
 * The policies that keep one set of pods from reaching another: those that limit what the callers reach and admit no such pod,
 * else those that limit who reaches the called. Address blocks are taken to admit.
 * @param ports container ports that are called; none when unknown
 */
export function policiesBetween(lookup: Lookup, from: PodSet, to: PodSet, ports: readonly number[]): ObjectRef[] {
  const out = policiesFor(lookup, from, 'Egress')
  if (!admitted(lookup, out, 'Egress', to, ports)) return named(out)
  const into = policiesFor(lookup, to, 'Ingress')
  return admitted(lookup, into, 'Ingress', from, ports) ? [] : named(into)
}

function admitted(
  lookup: Lookup,
  policies: readonly KubernetesObject[],
  direction: 'Egress' | 'Ingress',
  other: PodSet,
  ports: readonly number[],
): boolean {
  const rules = policies.flatMap((policy) =>
    rulesOf(policy, direction)
      .filter((rule) => opensPort(rule, ports))
      .map((rule) => ({ peers: rule.to ?? rule.from ?? [], home: policy.metadata.namespace })),
  )
  return (
    policies.length === 0 ||
    rules.some(({ peers, home }) => peers.length === 0 || peers.some((peer) => includes(lookup, peer, home, other)))
  )
}

function includes(
  lookup: Lookup,
  { podSelector = {}, namespaceSelector, ipBlock }: Peer,
  home: string | undefined,
  { namespace, labels }: PodSet,
): boolean {
  if (ipBlock !== undefined) return true
  if (!satisfies(podSelector, labels)) return false
  if (namespaceSelector === undefined) return namespace === home
  const of = lookup.find('namespaces', '', namespace)
  // Every namespace carries its name as a label (1.22); one that was not read may carry any.
  return (
    of === undefined ||
    satisfies(namespaceSelector, { 'kubernetes.io/metadata.name': namespace, ...of.metadata.labels })
  )
}

/** The policies that limit what leaves pods, or what reaches them. */
export function policiesFor(
  { snapshot }: Lookup,
  { namespace, labels }: PodSet,
  direction: 'Egress' | 'Ingress',
): KubernetesObject[] {
  return snapshot.objects.networkpolicies.filter((policy) => {
    const { podSelector = {} } = policySpec(policy)
    return policy.metadata.namespace === namespace && limits(policy, direction) && satisfies(podSelector, labels)
  })
}

/** Without policyTypes, a policy limits what comes in, and what goes out when it has a word on that (networking/v1). */
function limits(policy: KubernetesObject, direction: 'Egress' | 'Ingress'): boolean {
  const { policyTypes, egress } = policySpec(policy)
  return policyTypes?.includes(direction) ?? (direction === 'Ingress' || egress !== undefined)
}

function rulesOf(policy: KubernetesObject, direction: 'Egress' | 'Ingress'): PolicyRule[] {
  const { egress = [], ingress = [] } = policySpec(policy)
  return direction === 'Egress' ? egress : ingress
}

export function policySpec({ spec }: KubernetesObject): PolicySpec {
  return spec ?? {}
}

function named(policies: readonly KubernetesObject[]): ObjectRef[] {
  return policies.map((policy) => refOf('networkpolicies', policy)).slice(0, mostNamed)
}

function complainsOfSilence(context: DetectContext, pod: Pod): boolean {
  const ends = containersOf(pod).flatMap(({ status }) => [
    status.state?.terminated?.message,
    status.lastState?.terminated?.message,
    status.state?.waiting?.message,
  ])
  // Probes come from the node, which policies let in, but what they fetch may tell what the program waits for.
  const events = podEvents(context, pod).map(({ message }) => message)
  return [...ends, ...events].some((text) => isSilence(text ?? ''))
}

/** Whether a rule opens one of some ports. A port that is named may be any; of pods whose ports are unknown, all may be meant. */
export function opensPort({ ports = [] }: PolicyRule, wanted: readonly number[]): boolean {
  return (
    ports.length === 0 ||
    wanted.length === 0 ||
    ports.some(
      ({ port, endPort = port }) =>
        typeof port !== 'number' || wanted.some((one) => one >= port && one <= Number(endPort)),
    )
  )
}
