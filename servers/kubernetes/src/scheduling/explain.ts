import { clip } from '@kubevigil/core/budget'
import { conditionOf, eventTimes, type Pod } from '@kubevigil/core/kubernetes'
import { adviceFor } from './advice.ts'
import { claimProblems } from './claims.ts'
import { joinReasons, type FailureSummary } from './join.ts'
import { checkNode } from './node-checks.ts'
import { silentReason } from './silent.ts'
import { placedWords, whyItFits } from './placed.ts'
import type { NodeFailure, SchedulingFacts, SchedulingStatus } from './types.ts'

export interface SchedulingExplanation {
  status: SchedulingStatus
  node: string | null
  failureCategories: FailureSummary[]
  unschedulableNodes: { node: string; reasons: string[]; insufficient: string[] }[]
  /** Nodes on which nothing fails now, as far as can be judged; empty when the nodes could not be read. */
  fittingNodes: string[]
  explanation: string
  why: string[]
  nextSteps: string[]
}

/** Says in full why a pod is where it is or why no node takes it, from facts alone: no reading, no clock. */
export function explainPod(facts: SchedulingFacts): SchedulingExplanation {
  const { pod, nodes } = facts
  const status = statusOf(pod)
  const message = status === 'Pending' || status === 'Nominated' ? messageOf(facts) : ''
  const failures =
    nodes === undefined
      ? undefined
      : new Map(
          nodes.map((node) => [
            node.metadata.name,
            checkNode(pod, node, facts.podsOn.get(node.metadata.name), facts.claims),
          ]),
        )
  if (status === 'Scheduled' || status === 'Finished') {
    return {
      ...nothingFailed,
      status,
      node: pod.spec.nodeName ?? null,
      explanation: placedWords(pod, status),
      why: whyItFits(facts),
    }
  }
  const blockers = message === '' ? [] : blockersOf(failures)
  const failureCategories = message === '' ? [] : leadWith(blockers, joinReasons(message, failures))
  const onNodes = failureCategories.some(({ count }) => count !== null)
  const fittingNodes =
    message === '' ? [] : [...(failures ?? [])].filter(([, each]) => each.length === 0).map(([node]) => node)
  const silent = failureCategories.length === 0 ? silentReason(facts) : undefined
  return {
    ...nothingFailed,
    status,
    node: pod.status.nominatedNodeName ?? null,
    failureCategories,
    unschedulableNodes: onNodes ? nodeRows(failures) : [],
    fittingNodes,
    explanation: silent?.explanation ?? pendingWords(facts, failureCategories, blockers, fittingNodes, message),
    nextSteps: silent?.nextSteps ?? adviceFor(pod, failureCategories, facts),
  }
}

const nothingFailed = { failureCategories: [], unschedulableNodes: [], fittingNodes: [], why: [], nextSteps: [] }

function statusOf(pod: Pod): SchedulingStatus {
  if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return 'Finished'
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') return 'Scheduled'
  if ((pod.spec.schedulingGates ?? []).length > 0) return 'Gated'
  return pod.status.nominatedNodeName === undefined ? 'Pending' : 'Nominated'
}

/** The scheduler's newest words: the condition, which it keeps current, else its newest event; empty when it has said nothing. */
export function messageOf({ pod, events }: SchedulingFacts): string {
  const condition = conditionOf(pod, 'PodScheduled')
  if (condition?.status === 'False' && condition.reason !== 'SchedulingGated' && condition.message !== undefined)
    return condition.message
  const failed = events
    .filter((event) => event.reason === 'FailedScheduling')
    .toSorted((a, b) => (eventTimes(b).last ?? '').localeCompare(eventTimes(a).last ?? ''))
  return failed[0]?.message ?? ''
}

/** What every node fails on: repairing anything else would not help. Taints differ from node to node and do not count. */
function blockersOf(failures: ReadonlyMap<string, readonly NodeFailure[]> | undefined): NodeFailure[] {
  const [first, ...others] = [...(failures ?? new Map<string, NodeFailure[]>()).values()]
  if (first === undefined || others.length === 0) return []
  const shared = first.filter((failure) =>
    others.every((each) =>
      each.some((other) => other.category === failure.category && other.resource === failure.resource),
    ),
  )
  return shared.filter(
    ({ category }) =>
      category === 'InsufficientResource' || category === 'NodeSelector' || category === 'VolumeNodeAffinity',
  )
}

function leadWith(blockers: readonly NodeFailure[], categories: readonly FailureSummary[]): FailureSummary[] {
  const leads = (summary: FailureSummary): boolean =>
    blockers.some(({ category, resource }) => category === summary.category && (resource ?? '') === summary.resource)
  return [...categories.filter(leads), ...categories.filter((each) => !leads(each))]
}

function nodeRows(failures: ReadonlyMap<string, readonly NodeFailure[]> | undefined) {
  return [...(failures ?? [])]
    .filter(([, each]) => each.length > 0)
    .map(([node, each]) => ({
      node,
      reasons: each.filter(({ category }) => category !== 'InsufficientResource').map(({ text }) => clip(text, 250)),
      insufficient: each.filter(({ category }) => category === 'InsufficientResource').map(({ text }) => text),
    }))
}

function pendingWords(
  { pod, nodes, claims }: SchedulingFacts,
  categories: readonly FailureSummary[],
  blockers: readonly NodeFailure[],
  fitting: readonly string[],
  message: string,
): string {
  const parts = categories
    .slice(0, 7)
    .map(({ count, description }) =>
      count === null ? description : `${count} node${count === 1 ? '' : 's'}: ${description}`,
    )
  const everywhere =
    blockers.length === 0
      ? ''
      : ` Every node fails on ${blockers.map(blockerWords).join(' and ')}, whatever else is repaired.`
  const nominated = pod.status.nominatedNodeName
  const preemption = /preemptionPolicy=Never/.test(message)
    ? ' It may not evict others (preemptionPolicy Never).'
    : nominated === undefined
      ? ''
      : ` Node ${nominated} is reserved for it: pods of lower priority are leaving it.`
  const problems = claimProblems(claims).slice(0, 3)
  const blind =
    nodes === undefined
      ? ' The nodes may not be read with these rights, so this is the word of the scheduler alone.'
      : ''
  const onlyLocal = categories.every(({ nodes: named, count }) => count === null || named.length > 0)
  const hope =
    fitting.length > 0 && onlyLocal && claims.length === 0 && nominated === undefined
      ? ` Nothing speaks against ${fitting.slice(0, 3).join(', ')} now: the scheduler tries again within minutes.`
      : ''
  const words = [`No node takes pod ${pod.metadata.name}.${everywhere}`, ...parts.map(sentence), ...problems]
  return `${words.join(' ')}${preemption}${hope}${blind}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`
}

function blockerWords({ category, resource, text }: NodeFailure): string {
  if (category === 'InsufficientResource')
    return `${resource} (${/requested \S+/.exec(text)?.[0].replace(/,$/, '') ?? ''})`
  return category === 'NodeSelector'
    ? (/^(label .*?) is wanted/.exec(text)?.[1] ?? 'the node selector or affinity')
    : 'where its volume may be used'
}
