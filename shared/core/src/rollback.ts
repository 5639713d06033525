import { clip } from './budget.ts'
import type { Management, Rollout, Suspect } from './change.ts'
import type { ObjectRef } from './incident.ts'
import { advise } from './rollback/advise.ts'
import { rollable, rolloutOf, sourceOf, type Case, type Part } from './rollback/case.ts'
import { toMillis } from './time.ts'

/** Most lines of advice and characters of a line. */
const bounds = { lines: 8, characters: 500 }

/**
 * How to take a change back, by who applies the workload's manifests: in Git where something would put a manual change back,
 * by Helm or kubectl where that lasts. Gives text for a person, with exact commands; nothing is carried out.
 * @param suspect the change to take back; without one the advice says how to find the last good state
 * @param rollouts newest first, for the revision numbers
 * @returns at most 8 lines of at most 500 characters, in the order to do them
 */
export function rollbackAdvice(
  workload: ObjectRef,
  management: Management,
  suspect: Suspect | undefined,
  rollouts: readonly Rollout[],
): string[] {
  return tidy(advise({ workload, management, suspect, rollouts }).map(({ text }) => text))
}

/** Ways to take a change back. */
export const approaches = ['git-revert', 'helm-rollback', 'rollout-undo'] as const

/** The advice, sorted by what a person does with a line. */
export interface RollbackPlan {
  approach: (typeof approaches)[number]
  /** In the order to do them. */
  steps: string[]
  /** What happens then, and when. */
  expect: string[]
  verify: string[]
  /** Why this way and not another, and what to do when it cannot wait. */
  warnings: string[]
  /** Revisions in the cluster that are undone with it; empty for a revert in Git, which takes back one commit only. */
  undone: string[]
}

/** `rollbackAdvice` in its parts, with what to expect of the approach and which revisions go with it. Same arguments and bounds. */
export function rollbackPlan(
  workload: ObjectRef,
  management: Management,
  suspect: Suspect | undefined,
  rollouts: readonly Rollout[],
): RollbackPlan {
  const of = { workload, management, suspect, rollouts }
  const lines = advise(of)
  const part = (name: Part): string[] => tidy(lines.filter((line) => line.part === name).map(({ text }) => text))
  const approach = approachOf(of)
  return {
    approach,
    steps: part('step'),
    expect: [...part('expect'), ...expectedOf(approach)],
    verify: part('verify'),
    warnings: part('warning'),
    undone: tidy(undoneBy(of, approach)),
  }
}

function tidy(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== '')
    .slice(0, bounds.lines)
    .map((line) => clip(line, bounds.characters))
}

function approachOf({ management, workload }: Case): RollbackPlan['approach'] {
  if (management.tool === 'helm') return 'helm-rollback'
  return management.tool === 'none' && rollable.has(workload.kind) ? 'rollout-undo' : 'git-revert'
}

function expectedOf(approach: RollbackPlan['approach']): string[] {
  switch (approach) {
    case 'git-revert':
      return ['The pods are replaced by the rollout that the revert starts, and the workload gets a new revision.']
    case 'helm-rollback':
      return [
        'Helm adds a new release revision and with --wait returns when the pods are ready, after 5 minutes at most.',
      ]
    case 'rollout-undo':
      return [
        'The pods are replaced at once, as the update strategy says, and the former template gets a new revision.',
      ]
  }
}

/** The revisions in the cluster that going back undoes: that of the change, and all that came after it. */
function undoneBy(of: Case, approach: RollbackPlan['approach']): string[] {
  if (approach === 'git-revert') return []
  const source = approach === 'helm-rollback' ? 'Helm' : sourceOf(of.workload)
  const from = toMillis(rolloutOf(of, source)?.time) ?? Infinity
  return of.rollouts
    .filter((rollout) => rollout.source === source && (toMillis(rollout.time) ?? -Infinity) >= from)
    .map(({ revision, time, changes }) => `Revision ${revision} of ${time}: ${changes.join('; ') || 'changes unknown'}`)
}
