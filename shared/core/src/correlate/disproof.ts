import type { Rollout } from '../change.ts'
import type { ObjectRef } from '../incident.ts'
import { toInstant, toMillis } from '../time.ts'
import type { Placement } from './anchor.ts'
import type { CandidateChange } from './candidate.ts'

/** What to look at to prove the suspicion wrong. */
export function disproofOf(
  { workload, rollouts, onset }: { workload: ObjectRef; rollouts: readonly Rollout[]; onset: string },
  { sha }: CandidateChange,
  { at, source, sync, replaced }: Placement,
  explains: boolean,
): string[] {
  const checks = [
    ...(toMillis(onset) === undefined
      ? ['The onset is not known and was taken to be now: find the first failure.']
      : []),
    `Signs of the same failure before ${toInstant(at)}: earlier restarts, events or alerts of ${workload.kind} ${workload.name}.`,
  ]
  if (replaced !== undefined) checks.push('Pods of the former revision that fail in the same way.')
  if (sync === undefined && replaced === undefined) {
    checks.push(`${sha.slice(0, 7)} was not applied by then: its time is only that of the ${source}.`)
  }
  if (!explains) checks.push('The failing container does not read what this change touches.')
  if (rollouts.some((rollout) => rollout.source === 'HorizontalPodAutoscaler' || rollout.source === 'Node')) {
    checks.push('The load or the node changed at the same time: see the other rollouts.')
  }
  checks.push('The failure stays after the change is reverted.')
  return checks.slice(0, 5)
}
