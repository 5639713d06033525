import { refKey, severityOrder, type Finding, type ObjectRef, type Severity } from '@kubevigil/core/incident'
import type { Pod } from '@kubevigil/core/kubernetes'
import { belongsTo } from './pods-of.ts'

export interface OwnFindings {
  /** About the object itself or its pods. */
  own: Finding[]
  /** About what it stands on or what stands on it: its nodes, what it waits for, the Services before it. */
  related: { rule: string; severity: Severity; title: string }[]
}

const mostRelated = 8
/** Kinds whose pods belong to somebody else: what is wrong with these is related, not theirs. */
const usesPods = new Set(['Service', 'PersistentVolumeClaim', 'Node'])

/**
 * Picks from all findings of a look at the namespace those that concern one object. A pod shares the findings of its workload
 * when it is among their examples, or when there are more pods than examples and this one is not ready.
 * @param owners the owners of the object, nearest first
 */
export function findingsOn(
  ref: ObjectRef,
  owners: readonly ObjectRef[],
  pods: readonly Pod[],
  findings: readonly Finding[],
): OwnFindings {
  const self = refKey(ref)
  const podKeys = new Set(pods.map((pod) => `Pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name}`))
  const above = new Set(owners.map(refKey))
  const concerns = (finding: Finding): boolean => {
    if (refKey(finding.owner) === self || refKey(finding.object) === self) return true
    if (ref.kind === 'Namespace') return finding.owner.namespace === ref.name
    if (!usesPods.has(ref.kind) && finding.examples.some((example) => podKeys.has(example))) return true
    if (finding.owner.namespace === ref.namespace && belongsTo(ref, finding.owner.kind, finding.owner.name)) return true
    return ref.kind === 'Pod' && above.has(refKey(finding.owner)) && finding.count > finding.examples.length
  }
  const isSelf = (finding: Finding): boolean => refKey(finding.owner) === self
  const own = findings
    .filter(concerns)
    .toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity] || Number(isSelf(b)) - Number(isSelf(a)))
  const nodes = new Set(pods.map((pod) => pod.spec.nodeName))
  const causes = new Set(own.flatMap((finding) => (finding.links.causedBy ?? []).map(refKey)))
  const isRelated = (finding: Finding): boolean =>
    (finding.object.kind === 'Node' && nodes.has(finding.object.name)) ||
    causes.has(refKey(finding.object)) ||
    above.has(refKey(finding.object)) ||
    finding.examples.some((example) => podKeys.has(example)) ||
    (finding.links.causedBy ?? []).some((cause) => refKey(cause) === self || above.has(refKey(cause)))
  const related = findings
    .filter((finding) => !own.includes(finding) && isRelated(finding))
    .toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity])
  return { own, related: related.slice(0, mostRelated).map(({ rule, severity, title }) => ({ rule, severity, title })) }
}
