import type { Rollout } from '../change.ts'
import { toMillis } from '../time.ts'
import type { CandidateChange } from './candidate.ts'
import { rolloutFact } from './change-facts.ts'

/** Takes out of a candidate what a later rollout put another value for: the failing pods do not run it. */
export function withoutReplaced(
  candidate: CandidateChange,
  at: number,
  onset: number,
  rollouts: readonly Rollout[],
): CandidateChange {
  const later = rollouts.filter(
    ({ time }) => (toMillis(time) ?? -Infinity) > at && (toMillis(time) ?? Infinity) <= onset,
  )
  const replaced = later.flatMap(({ changes }) => changes.flatMap((change) => rolloutFact(change) ?? []))
  const facts = candidate.facts?.filter(
    ({ kind, after }) =>
      after === undefined || !replaced.some((exact) => exact.kind === kind && exact.before === after),
  )
  return facts === undefined ? candidate : { ...candidate, facts }
}
