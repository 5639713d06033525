import { refKey, severityOrder, type Finding } from '../incident.ts'
import type { ClusterSnapshot } from '../observe.ts'
import { finish } from '../steps.ts'
import { buildContext, type DetectOptions } from './context.ts'
import { hygieneRules } from './hygiene/index.ts'
import { compareText } from './text.ts'
import { rules } from './rules/index.ts'
import { containerUsage } from './rules/usage-containers.ts'
import { controlPlane } from './rules/usage-control-plane.ts'
import { nodeUsage } from './rules/usage-nodes.ts'
import { volumeUsage } from './rules/usage-volumes.ts'

export { defaultDetectOptions, type DetectOptions } from './context.ts'
export { isHygiene } from './hygiene/index.ts'

/** Rules that need a snapshot with metrics; without them they find nothing. */
const usageRules = [nodeUsage, containerUsage, volumeUsage, controlPlane]

/**
 * Everything that is wrong in a snapshot, one finding for each owner and fault, worst first; with `hygiene`, habits that invite
 * trouble as well, one finding a habit.
 * Pure: the same snapshot, options and `now` (milliseconds) give the same findings in the same order, in whatever order
 * the objects were read.
 */
export function detect(snapshot: ClusterSnapshot, options: DetectOptions, now: number): Finding[] {
  return finish(detectInSteps(snapshot, options, now))
}

/** The same, a rule a step, for a caller that has to answer others while a large cluster is judged. */
export function* detectInSteps(
  snapshot: ClusterSnapshot,
  options: DetectOptions,
  now: number,
): Generator<void, Finding[]> {
  const context = buildContext(snapshot, options, now)
  const findings: Finding[] = []
  for (const rule of [...rules, ...usageRules, ...(options.hygiene === true ? hygieneRules : [])]) {
    yield
    findings.push(...rule.detect(context))
  }
  return findings.sort(byWeight)
}

/** Worst first, then oldest, then by name: a total order, so that equal snapshots give equal lists. */
function byWeight(a: Finding, b: Finding): number {
  return (
    severityOrder[a.severity] - severityOrder[b.severity] ||
    compareText(a.since ?? '~', b.since ?? '~') ||
    compareText(refKey(a.owner), refKey(b.owner)) ||
    compareText(a.rule, b.rule) ||
    compareText(a.container ?? '', b.container ?? '')
  )
}
