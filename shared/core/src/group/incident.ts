import { clip } from '../budget.ts'
import type { Lookup } from '../detect/lookup.ts'
import { readinessOf } from '../detect/objects.ts'
import { compareText } from '../detect/text.ts'
import {
  refKey,
  severityOrder,
  type AffectedWorkload,
  type Finding,
  type Incident,
  type ObjectRef,
} from '../incident.ts'
import { isRollup } from './edge.ts'
import { workloadKindNames } from './roots.ts'

/** Bounds of the Incident schema. */
const most = {
  title: 500,
  examples: 20,
  affected: 20,
  evidence: 12,
  evidenceText: 1000,
  causes: 6,
  nextSteps: 6,
  text: 500,
  name: 512,
}

/**
 * One incident of a root and all findings under it (root included, worst first). It is as bad as the worst of them: folding
 * must never lower a severity.
 */
export function incidentOf(
  root: Finding,
  members: readonly Finding[],
  lookup: Lookup,
  startOf: (finding: Finding) => string | undefined,
): Incident {
  const severity = members.map((member) => member.severity).sort((a, b) => severityOrder[a] - severityOrder[b])[0]!
  const owners = [...new Map([root, ...members].map(({ owner }) => [refKey(owner), owner])).values()]
  // One voice for each other owner: what sums it up adds nothing to what is wrong with it.
  const others = [
    ...Map.groupBy(
      members.filter(({ owner }) => refKey(owner) !== refKey(root.owner)),
      ({ owner }) => refKey(owner),
    ).values(),
  ].map((own) => own.find((member) => !isRollup(member)) ?? own[0]!)
  const lines = (pick: (finding: Finding) => readonly string[]): string[] => [
    ...new Set([root, ...others].flatMap(pick)),
  ]
  return {
    fingerprint: root.fingerprint,
    rule: root.rule,
    severity,
    title: clip(root.title, most.title),
    root: boundedRef(root.owner),
    ...nodeOf(members),
    since:
      root.since ??
      members
        .map(({ since }) => since)
        .filter((since) => since !== null)
        .sort()[0] ??
      null,
    members: {
      count: owners.length,
      examples: owners.slice(0, most.examples).map((owner) => clip(refKey(owner), 1024)),
    },
    affected: affectedOf(owners, members, lookup, startOf),
    evidence: bounded([...root.evidence, ...others.map(({ title }) => title)], most.evidence, most.evidenceText),
    causes: bounded(
      lines(({ causes }) => causes),
      most.causes,
      most.text,
    ),
    nextSteps: bounded(
      lines(({ nextSteps }) => nextSteps),
      most.nextSteps,
      most.text,
    ),
  }
}

/** The workloads among the owners: those with nothing ready first, then those that miss most. */
function affectedOf(
  owners: readonly ObjectRef[],
  members: readonly Finding[],
  lookup: Lookup,
  startOf: (finding: Finding) => string | undefined,
): AffectedWorkload[] {
  const byOwner = Map.groupBy(members, (member) => refKey(member.owner))
  return owners
    .filter(({ kind }) => workloadKindNames.has(kind))
    .map((owner) => {
      const workload = lookup.workloads.get(refKey(owner))
      const startedAt = (byOwner.get(refKey(owner)) ?? []).flatMap((member) => startOf(member) ?? []).toSorted()[0]
      return {
        ...boundedRef(owner),
        ...(workload === undefined ? { ready: null, desired: null } : readinessOf(workload)),
        ...(startedAt === undefined ? {} : { startedAt }),
      }
    })
    .sort((a, b) => lack(b) - lack(a) || compareText(refKey(a), refKey(b)))
    .slice(0, most.affected)
}

/** The one node that all findings with a place are about. */
function nodeOf(members: readonly Finding[]): { node?: string } {
  const [node, ...others] = new Set(members.flatMap(({ links }) => links.nodes ?? []))
  return node === undefined || others.length > 0 ? {} : { node: clip(node, most.name) }
}

/** How badly a workload is off: 1 nothing ready, between by share missing, 0 all there or unknown. */
function lack({ ready, desired }: AffectedWorkload): number {
  return ready === null || desired === null || desired === 0 ? 0 : Math.max(0, 1 - ready / desired)
}

function bounded(texts: readonly string[], count: number, length: number): string[] {
  return [...new Set(texts)].slice(0, count).map((text) => clip(text, length))
}

function boundedRef({ kind, namespace, name }: ObjectRef): ObjectRef {
  return { kind: clip(kind, 128), namespace: clip(namespace, 128), name: clip(name, most.name) }
}
