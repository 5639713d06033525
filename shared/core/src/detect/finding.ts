import { fingerprint } from '../fingerprint.ts'
import { refKey, severityOrder, type Finding, type FindingLinks, type ObjectRef, type Severity } from '../incident.ts'
import type { Pod } from '../kubernetes.ts'
import { toInstant } from '../time.ts'
import type { DetectContext } from './context.ts'
import { readinessOf } from './objects.ts'
import { refOfPod } from './pods.ts'
import { nameOf, quote } from './text.ts'

/** Names a finding lists of the objects that show it. */
const mostExamples = 10

/** What a rule says about an object; the rest of a finding follows from it. */
export interface Fault {
  rule: string
  severity: Severity
  owner: ObjectRef
  container?: string
  /** What is wrong, in words after the owner's name. Nothing that changes from minute to minute. */
  fault: string
  since?: number | undefined
  evidence: readonly (string | false | undefined)[]
  causes?: readonly string[]
  nextSteps?: readonly string[]
  links?: FindingLinks
  objects?: readonly ObjectRef[]
}

export function finding({ snapshot }: Pick<DetectContext, 'snapshot'>, fault: Fault): Finding {
  const { rule, severity, owner, container, since } = fault
  const objects = fault.objects ?? [owner]
  return {
    fingerprint: fingerprint(snapshot.cluster, owner.namespace, owner.kind, owner.name, container ?? '', rule),
    rule,
    severity,
    title: quote(`${nameOf(owner)}: ${fault.fault}`),
    object: objects[0] ?? owner,
    owner,
    ...(container === undefined ? {} : { container }),
    since: since === undefined ? null : toInstant(since),
    evidence: fault.evidence.filter((line): line is string => typeof line === 'string' && line !== ''),
    causes: [...(fault.causes ?? [])],
    nextSteps: [...(fault.nextSteps ?? [])],
    count: objects.length,
    examples: objects.slice(0, mostExamples).map(refKey),
    links: fault.links ?? {},
  }
}

/** A fault of one pod. Without a severity, how many replicas of its owner still serve decides. */
export type PodFault = Omit<Fault, 'owner' | 'objects' | 'severity'> & { pod: Pod; severity?: Severity }

/**
 * Folds faults of pods into one finding for each owner, rule and container: fifty pods with one fault are one finding.
 * The worst and oldest pod speaks for all.
 */
export function findingsByOwner(context: DetectContext, faults: readonly PodFault[]): Finding[] {
  const groups = Map.groupBy(faults, ({ pod, rule, container }) =>
    [refKey(context.ownerOf(pod)), rule, container ?? ''].join(' '),
  )
  return [...groups.values()].map((group) => {
    const owner = context.ownerOf(group[0]!.pod)
    const judged = group
      .map((fault) => ({ ...fault, owner, severity: fault.severity ?? severityByReadiness(context, owner) }))
      .sort(
        (a, b) =>
          severityOrder[a.severity] - severityOrder[b.severity] || (a.since ?? Infinity) - (b.since ?? Infinity),
      )
    const { pod: _pod, ...first } = judged[0]!
    const beyond = unreadLike(context, new Set(group.map((fault) => fault.pod)))
    const found = finding(context, {
      ...first,
      since: earliest(judged.map(({ since }) => since)),
      evidence: [...first.evidence, beyond > 0 && `${beyond} more pods look just the same and were not read`],
      links: mergeLinks(judged),
      objects: judged.map(({ pod }) => refOfPod(pod)),
    })
    return { ...found, count: found.count + beyond }
  })
}

/** Pods that looked like these on the screen and were not read. */
function unreadLike({ snapshot }: DetectContext, pods: ReadonlySet<Pod>): number {
  return [...pods].reduce(
    (total, { metadata }) =>
      total + (snapshot.census.unreadLike.get(`${metadata.namespace ?? ''}/${metadata.name}`) ?? 0),
    0,
  )
}

/**
 * Critical when nothing of the owner is ready, warning while other replicas serve. Jobs try again by themselves, so a pod of
 * theirs is a warning. What is unknown counts as down: nothing says that others serve.
 */
export function severityByReadiness(context: DetectContext, owner: ObjectRef): Severity {
  if (owner.kind === 'Job' || owner.kind === 'CronJob') return 'warning'
  const workload = context.workloads.get(refKey(owner))
  const ready = workload === undefined ? null : readinessOf(workload).ready
  return (ready ?? 0) > 0 ? 'warning' : 'critical'
}

function mergeLinks(faults: readonly { pod: Pod; links?: FindingLinks }[]): FindingLinks {
  const nodes = [...new Set(faults.flatMap(({ pod, links }) => [...(links?.nodes ?? []), pod.spec.nodeName ?? '']))]
  const placed = nodes.filter((name) => name !== '').sort()
  const registry = faults.find(({ links }) => links?.registry !== undefined)?.links?.registry
  const causedBy = distinct(faults.flatMap(({ links }) => links?.causedBy ?? []))
  const dependsOn = distinct(faults.flatMap(({ links }) => links?.dependsOn ?? []))
  return {
    ...(placed.length > 0 ? { nodes: placed } : {}),
    ...(registry === undefined ? {} : { registry }),
    ...(causedBy.length > 0 ? { causedBy } : {}),
    ...(dependsOn.length > 0 ? { dependsOn } : {}),
  }
}

function distinct(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()]
}

function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
