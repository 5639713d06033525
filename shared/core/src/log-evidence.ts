import { buildLookup, type Lookup } from './detect/lookup.ts'
import { permissionSteps } from './detect/permissions.ts'
import { nameOf, quote } from './detect/text.ts'
import { refKey, severityOrder, type Finding, type FindingLinks, type ObjectRef } from './incident.ts'
import { blockingPolicies } from './log-evidence/blocked.ts'
import { certificatesIn } from './log-evidence/certificates.ts'
import { servicesIn } from './log-evidence/hosts.ts'
import { readSigns, type SignedLine } from './log-evidence/read-signs.ts'
import type { ClusterSnapshot } from './observe.ts'

/** The last lines a container said, oldest first. Text from the cluster: data. */
export interface ContainerLog {
  pod: ObjectRef
  container: string
  lines: readonly string[]
}

/** A log that would say more about a finding. */
export interface WantedLog {
  pod: ObjectRef
  container: string | undefined
  /** Whether the run before the present one failed. */
  previous: boolean
}

/** Findings a log can explain: programs that end, hang or report themselves not ready. */
const explained = new Map([
  ['POD_CRASH_LOOP', true],
  ['POD_RESTARTS_HIGH', true],
  ['POD_LIVENESS_FAILED', true],
  ['POD_INIT_FAILED', true],
  ['POD_STARTUP_FAILED', false],
  ['POD_NOT_READY', false],
  ['POD_INIT_STUCK', false],
  ['JOB_FAILED', false],
])

/** Logs that are worth reading for these findings, of the gravest first, one pod for each. */
export function logsWanted(findings: readonly Finding[], most: number): WantedLog[] {
  const wanted = findings
    .filter(({ rule, object }) => explained.has(rule) && object.kind === 'Pod')
    .toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity])
    .map(({ rule, object, container }) => ({ pod: object, container, previous: explained.get(rule)! }))
  return [...new Map(wanted.map((log) => [logKey(log), log])).values()].slice(0, most)
}

/**
 * Adds to findings what the logs of their containers say: the line as evidence, its cause first among the causes, and links to
 * the Services it names, by which `group` finds what it waits for. Logs explain findings and never make one.
 */
export function withLogEvidence(
  findings: readonly Finding[],
  logs: readonly ContainerLog[],
  snapshot: ClusterSnapshot,
): Finding[] {
  const byPod = Map.groupBy(logs, ({ pod }) => refKey(pod))
  const lookup = buildLookup(snapshot)
  return findings.map((finding) => {
    if (!explained.has(finding.rule)) return finding
    const log = byPod
      .get(refKey(finding.object))
      ?.find(({ container }) => finding.container === undefined || container === finding.container)
    const signed = log === undefined ? [] : readSigns(log.lines)
    return signed.length === 0 ? finding : explain(finding, signed, lookup)
  })
}

function explain(finding: Finding, signed: readonly SignedLine[], lookup: Lookup): Finding {
  const { namespace } = finding.owner
  const named = signed
    .filter(({ sign }) => sign.kind === 'unreachable' || sign.kind === 'unresolved')
    .flatMap(({ sign, text }) => servicesIn(text, namespace, lookup).map((ref) => ({ ref, kind: sign.kind })))
  const absent = named.filter(({ ref }) => lookup.surelyAbsent('services', ref.namespace, ref.name))
  const there = named.filter(({ ref }) => lookup.find('services', ref.namespace, ref.name) !== undefined)
  const causes = signed.map(({ sign, text }) => {
    const missing = absent.find(({ ref, kind }) => kind === sign.kind && text.includes(ref.name))
    return missing === undefined ? sign.cause : `${nameOf(missing.ref)} does not exist, and it connects to it`
  })
  const blocked = blockingPolicies(
    lookup,
    finding.object,
    signed,
    there.map(({ ref }) => ref),
  )
  const unanswered = there.filter(({ kind }) => kind === 'unreachable')
  return {
    ...finding,
    evidence: [...finding.evidence, ...signed.slice(0, 2).map(({ text }) => `Its log says: ${quote(text)}`)],
    causes: [...new Set([...causes, ...finding.causes])],
    nextSteps: [...signed.flatMap(({ text }) => permissionSteps(text)), ...finding.nextSteps],
    links: linked(finding.links, {
      // A policy in between explains more than what stands at either end.
      causedBy: [
        ...absent.map(({ ref }) => ref),
        ...certificatesIn(lookup, signed),
        ...(blocked.length > 0 ? blocked : unanswered.map(({ ref }) => ref)),
      ],
      dependsOn: there.map(({ ref }) => ref),
      // A Service that is there and whose name does not resolve: the cluster's DNS does not answer.
      ...(blocked.length === 0 && there.some(({ kind }) => kind === 'unresolved') ? { unresolved: true } : {}),
    }),
  }
}

function linked(links: FindingLinks, { causedBy, dependsOn, unresolved }: FindingLinks): FindingLinks {
  const [causes, needs] = [union(links.causedBy, causedBy), union(links.dependsOn, dependsOn)]
  return {
    ...links,
    ...(causes.length > 0 ? { causedBy: causes } : {}),
    ...(needs.length > 0 ? { dependsOn: needs } : {}),
    ...(unresolved === true ? { unresolved } : {}),
  }
}

function union(known: readonly ObjectRef[] = [], more: readonly ObjectRef[] = []): ObjectRef[] {
  return [...new Map([...known, ...more].map((ref) => [refKey(ref), ref])).values()]
}

function logKey({ pod, container, previous }: WantedLog): string {
  return [refKey(pod), container ?? '', previous].join(' ')
}
