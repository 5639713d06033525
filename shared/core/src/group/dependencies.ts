import { refKey, type Finding, type ObjectRef } from '../incident.ts'
import type { Lookup } from '../detect/lookup.ts'
import { dnsService } from '../detect/hosts.ts'
import { follows, isRollup, type Edge } from './edge.ts'

/** Faults that a dependency which is down can bring about: programs end, hang or report themselves not ready. */
const dependent = new Set([
  'POD_CRASH_LOOP',
  'POD_INIT_FAILED',
  'POD_INIT_STUCK',
  'POD_NOT_READY',
  'POD_LIVENESS_FAILED',
  'POD_STARTUP_FAILED',
  'POD_RESTARTS_HIGH',
  'JOB_FAILED',
])

/** Faults of a Service that keep every caller out, however well its pods are. */
const closed = new Set(['SERVICE_SELECTS_NOTHING', 'SERVICE_PORT_UNRESOLVED'])
/** What may be intended, or harmless, until a caller's own log says that the Service does not answer. */
const closedByWord = new Set([...closed, 'SERVICE_PORT_UNDECLARED', 'SERVICE_NO_ENDPOINTS'])

/** Whether a finding is of a kind that something else being down can bring about. */
export function isDependent({ rule }: Finding): boolean {
  return dependent.has(rule)
}

/** Edges from programs that fail to what they talk to. Built once for all findings. */
export function dependencies(byOwner: ReadonlyMap<string, Finding[]>, lookup: Lookup): (effect: Finding) => Edge[] {
  const dns = lookup.workloadsBehind([dnsService])
  const dnsKeys = new Set(dns.map(refKey))

  return (effect) => {
    if (!isDependent(effect) || dnsKeys.has(refKey(effect.owner))) return []
    const { dependsOn = [], causedBy = [], unresolved = false } = effect.links
    return [
      ...edges(effect, 2, [
        ...faultsOf(effect, lookup.workloadsBehind(dependsOn)),
        ...dependsOn.flatMap((service) => faultsOfService(service, closed)),
        ...causedBy
          .filter(({ kind }) => kind === 'Service')
          .flatMap((service) => faultsOfService(service, closedByWord)),
      ]),
      // Beginning after it is a hint; a log that says a name does not resolve is more.
      ...edges(effect, unresolved ? 3 : 1, faultsOf(effect, dns)),
      ...(unresolved ? edges(effect, 3, faultsOfService(dnsService, closedByWord)) : []),
    ]
  }

  function faultsOf(effect: Finding, refs: readonly ObjectRef[]): Finding[] {
    return (
      refs
        .flatMap((ref) => byOwner.get(refKey(ref)) ?? [])
        .filter((cause) => refKey(cause.owner) !== refKey(effect.owner) && !isRollup(cause))
        // A dependency that still serves from other replicas explains nothing.
        .filter((cause) => cause.severity === 'critical' && cause.since !== null && follows(effect, cause))
    )
  }

  /** Where pods behind the Service are at fault, they are the better cause, and judged by time. */
  function faultsOfService(service: ObjectRef, rules: ReadonlySet<string>): Finding[] {
    const behind = lookup.workloadsBehind([service]).some((ref) => byOwner.get(refKey(ref))?.some(isCritical))
    const own = (byOwner.get(refKey(service)) ?? []).filter(
      ({ rule, links }) => rules.has(rule) && (links.causedBy ?? []).length === 0,
    )
    return behind ? [] : own
  }
}

function edges(effect: Finding, confidence: Edge['confidence'], causes: readonly Finding[]): Edge[] {
  return causes.map((cause) => ({ effect, cause, confidence }))
}

function isCritical({ severity }: Finding): boolean {
  return severity === 'critical'
}
