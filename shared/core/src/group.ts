import { buildLookup } from './detect/lookup.ts'
import { compareText } from './detect/text.ts'
import { confidences, isRollup, type Edge } from './group/edge.ts'
import { edgesOf } from './group/edges.ts'
import { incidentOf } from './group/incident.ts'
import { startsOf } from './group/starts.ts'
import { refKey, severityOrder, type Finding, type Incident } from './incident.ts'
import type { ClusterSnapshot } from './observe.ts'
import { finish } from './steps.ts'

/**
 * Joins findings that have one cause. Every finding has at most one cause, and none when two unrelated ones are equally
 * likely: an incident filed under the wrong root hides two. What only sums up other findings goes under the worst of them.
 * @returns incidents, worst first, then oldest, then by name; the same for the same findings in any order
 */
export function group(findings: readonly Finding[], snapshot: ClusterSnapshot): Incident[] {
  return finish(groupInSteps(findings, snapshot))
}

/** The same in small steps, for a caller that has to answer others while a great outage is sorted out. */
export function* groupInSteps(findings: readonly Finding[], snapshot: ClusterSnapshot): Generator<void, Incident[]> {
  const lookup = buildLookup(snapshot)
  yield
  const { all, edges } = edgesOf(findings.toSorted(byWeight), lookup)
  yield
  const causes = chooseCauses(edges)
  yield
  const startOf = startsOf(snapshot)
  const incidents: Incident[] = []
  for (const [root, members] of Map.groupBy(all, (finding) => rootOf(finding, causes))) {
    incidents.push(incidentOf(root, members.toSorted(byWeight), lookup, startOf))
    yield
  }
  return incidents.sort(byWorst)
}

/** Picks one cause for each finding, the surest edges first, so that later choices can see where earlier ones lead. */
function chooseCauses(edges: readonly Edge[]): Map<Finding, Finding> {
  const causes = new Map<Finding, Finding>()
  for (const confidence of confidences) {
    const level = Map.groupBy(
      edges.filter((edge) => edge.confidence === confidence),
      ({ effect }) => effect,
    )
    // Rollups last: by then it is known which of their candidates share a root.
    const effects = [...level.keys()].sort((a, b) => Number(isRollup(a)) - Number(isRollup(b)) || byWeight(a, b))
    for (const effect of effects) {
      if (causes.has(effect)) continue
      const candidates = level
        .get(effect)!
        .map(({ cause }) => cause)
        .filter((cause) => rootOf(cause, causes) !== effect)
        .sort(byWeight)
      const roots = new Set(candidates.map((cause) => rootOf(cause, causes)))
      const best = candidates.find((cause) => !isRollup(cause)) ?? candidates[0]
      if (best !== undefined && (roots.size === 1 || isRollup(effect))) causes.set(effect, best)
    }
  }
  return causes
}

/** The end of a finding's chain of causes. Chains have no cycles: a cause is only set when its own root is another finding. */
function rootOf(finding: Finding, causes: ReadonlyMap<Finding, Finding>): Finding {
  let root = finding
  for (let cause = causes.get(root); cause !== undefined; cause = causes.get(root)) root = cause
  return root
}

function byWeight(a: Finding, b: Finding): number {
  return (
    severityOrder[a.severity] - severityOrder[b.severity] ||
    compareText(a.since ?? '~', b.since ?? '~') ||
    compareText(refKey(a.owner), refKey(b.owner)) ||
    compareText(a.rule, b.rule) ||
    compareText(a.container ?? '', b.container ?? '')
  )
}

function byWorst(a: Incident, b: Incident): number {
  return (
    severityOrder[a.severity] - severityOrder[b.severity] ||
    compareText(a.since ?? '~', b.since ?? '~') ||
    compareText(refKey(a.root), refKey(b.root)) ||
    compareText(a.fingerprint, b.fingerprint)
  )
}
