import { clip } from '@kubevigil/core/budget'
import {
  parseSchedulingMessage,
  schedulingCategories,
  type SchedulingCategory,
  type SchedulingReason,
} from '@kubevigil/core/scheduling'
import type { NodeFailure } from './types.ts'

export interface FailureSummary {
  category: SchedulingCategory
  /** The resource there is too little of; empty otherwise. */
  resource: string
  /** Nodes turned down for it; null when it is about the pod as a whole. */
  count: number | null
  description: string
  nodes: string[]
}

/** Most nodes named under one reason. */
const mostNodes = 10

/**
 * Joins the scheduler's counted reasons with what each node fails on now. The count is the scheduler's; the nodes are named from
 * the live objects. Newer schedulers name no taint, so a taint's reason is split by what the nodes really carry.
 * @param failures per node what it fails on, first the one the scheduler would have counted; undefined without a look at the nodes
 */
export function joinReasons(
  message: string,
  failures: ReadonlyMap<string, readonly NodeFailure[]> | undefined,
): FailureSummary[] {
  const { reasons } = parseSchedulingMessage(message)
  const unclaimed = new Set([...(failures ?? [])].filter(([, each]) => each.length === 0).map(([node]) => node))
  const opaque = reasons.filter((reason) => reason.count !== null && !locallyTold.has(reason.category))
  const joined = reasons.flatMap((reason): FailureSummary[] => {
    if (failures === undefined) return [summary(reason, reason.category, reason.count, [], '')]
    if (isTaint(reason)) return splitTaints(reason, failures)
    const matching = [...failures].flatMap(([node, each]) => {
      const found = leading(each).find((failure) => answers(failure, reason))
      return found === undefined ? [] : [{ node, ...found }]
    })
    // What only the scheduler can judge is put on the nodes that nothing else explains, when the numbers agree.
    if (matching.length === 0 && opaque.length === 1 && opaque[0] === reason && unclaimed.size === reason.count) {
      return [summary(reason, reason.category, reason.count, [...unclaimed], '')]
    }
    return [
      summary(
        reason,
        reason.category,
        reason.count,
        matching.map(({ node }) => node),
        detailOf(matching),
      ),
    ]
  })
  return joined.toSorted((a, b) => (b.count ?? Infinity) - (a.count ?? Infinity))
}

/** Reasons that checkNode can find itself. */
const locallyTold: ReadonlySet<SchedulingCategory> = new Set([
  'InsufficientResource',
  'UntoleratedTaint',
  'NodeUnavailable',
  'Cordoned',
  'NodeSelector',
  'HostPort',
  'VolumeNodeAffinity',
])

/** The failures the scheduler would have counted: the first, and with it all others of the same filter. */
function leading(each: readonly NodeFailure[]): readonly NodeFailure[] {
  const first = each[0]
  if (first === undefined) return []
  return first.category === 'InsufficientResource'
    ? each.filter((failure) => failure.category === 'InsufficientResource')
    : [first]
}

function answers(failure: NodeFailure, reason: SchedulingReason): boolean {
  return failure.category === reason.category && (reason.resource === undefined || failure.resource === reason.resource)
}

function isTaint({ category }: { category: SchedulingCategory }): boolean {
  return category === 'UntoleratedTaint' || category === 'NodeUnavailable'
}

function splitTaints(
  reason: SchedulingReason,
  failures: ReadonlyMap<string, readonly NodeFailure[]>,
): FailureSummary[] {
  const tainted = [...failures].flatMap(([node, each]) => {
    const first = leading(each)[0]
    return first !== undefined && isTaint(first) ? [{ node, ...first }] : []
  })
  const groups = [...Map.groupBy(tainted, ({ category }) => category)]
  if (groups.length === 0) return [summary(reason, reason.category, reason.count, [], '')]
  const agrees = tainted.length === reason.count
  return groups.map(([category, members]) =>
    summary(
      reason,
      category,
      groups.length === 1 && !agrees ? reason.count : members.length,
      members.map(({ node }) => node),
      detailOf(members),
    ),
  )
}

/** The distinct things the nodes fail on; of a resource only the node that has most of it, which comes nearest. */
function detailOf(failures: readonly (NodeFailure & { node: string })[]): string {
  const nearest = failures.toSorted((a, b) => (b.free ?? 0) - (a.free ?? 0))[0]
  if (nearest?.category === 'InsufficientResource')
    return `${nearest.text.replace(/^[^ ]+: /, '')}${failures.length > 1 ? ` on ${nearest.node}, which comes nearest` : ''}`
  const distinct = [...new Set(failures.map(({ text }) => text.replace(/^taint (.*) is not tolerated$/, '$1')))]
  return `${distinct.slice(0, 4).join('; ')}${distinct.length > 4 ? `; and ${distinct.length - 4} more` : ''}`
}

function summary(
  reason: SchedulingReason,
  category: SchedulingCategory,
  count: number | null,
  nodes: string[],
  detail: string,
): FailureSummary {
  const what =
    category === 'InsufficientResource' && reason.resource !== undefined
      ? insufficientWords(reason.resource)
      : schedulingCategories[category]
  const drift =
    count !== null && nodes.length > 0 && nodes.length !== count
      ? ` (the scheduler counted ${count}, ${nodes.length} fail on it now)`
      : ''
  const said =
    detail === '' ? ` (${reason.text.replace(/^node\(s\) /, '')})` : category === 'Cordoned' ? '' : `: ${detail}`
  return {
    category,
    resource: reason.resource ?? '',
    count,
    description: clip(`${what}${said}${drift}`, 500),
    nodes: nodes.slice(0, mostNodes),
  }
}

function insufficientWords(resource: string): string {
  return resource === 'pods' ? 'nodes run as many pods as they may' : `not enough ${resource} is left`
}
