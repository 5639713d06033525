import type { Lookup } from '../detect/lookup.ts'
import { isSilence, policiesBetween, policiesClosingNames, type PodSet } from '../detect/network-policies.ts'
import { templateOf } from '../detect/objects.ts'
import { targetPortsOf } from '../detect/service-targets.ts'
import { refKey, type ObjectRef } from '../incident.ts'
import type { SignedLine } from './read-signs.ts'

/** A question to a DNS server that gets no answer, in the words of resolvers. */
const lookUp = /\blookup \S+|EAI_AGAIN|name resolution|:53\b/i

/**
 * The network policies that explain why a pod's log tells of connections nobody answers: those by which it cannot look names up,
 * else those between it and the Services it names. A connection that is refused was answered, and blames none.
 * @param services those the log names and that exist
 */
export function blockingPolicies(
  lookup: Lookup,
  pod: ObjectRef,
  signed: readonly SignedLine[],
  services: readonly ObjectRef[],
): ObjectRef[] {
  const silent = signed.filter(
    ({ sign, text }) => (sign.kind === 'unreachable' || sign.kind === 'unresolved') && isSilence(text),
  )
  const from = lookup.snapshot.objects.pods.find(
    ({ metadata }) => metadata.name === pod.name && metadata.namespace === pod.namespace,
  )
  if (from === undefined || silent.length === 0 || lookup.snapshot.objects.networkpolicies.length === 0) return []
  const caller: PodSet = { namespace: pod.namespace, labels: from.metadata.labels }
  const closingNames = silent.some(({ text }) => lookUp.test(text)) ? policiesClosingNames(lookup, caller) : []
  const between = services.flatMap((service) => {
    const ports = targetPortsOf(lookup.find('services', service.namespace, service.name) ?? {})
    return lookup.workloadsBehind([service]).flatMap((ref) => {
      const labels = templateOf(lookup.workloads.get(refKey(ref))!.object)?.metadata?.labels
      return policiesBetween(lookup, caller, { namespace: ref.namespace, labels }, ports)
    })
  })
  return closingNames.length > 0 ? closingNames : between
}
