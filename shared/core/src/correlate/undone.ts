import { toMillis } from '../time.ts'
import { sameCommit, type Placement } from './anchor.ts'
import type { CandidateChange } from './candidate.ts'
import { isDocumentation } from './paths.ts'

/** A candidate and when it took effect. */
export interface Placed {
  candidate: CandidateChange
  placement: Placement
}

/**
 * Leaves out changes that another one took back before the onset: they were not in effect any more. Of two that reached the
 * cluster with one sync neither ever was. What took a change back stays: it may be what broke things.
 * @param placed candidates that took effect before the onset
 */
export function withoutUndone<T extends Placed>(placed: readonly T[]): T[] {
  const newestFirst = placed.toSorted((a, b) => (isLater(a, b) ? -1 : isLater(b, a) ? 1 : 0))
  const undone = new Set<T>()
  const cancelled = new Set<T>()
  for (const earlier of newestFirst) {
    if (cancelled.has(earlier)) continue
    const later = newestFirst.find(
      (entry) =>
        entry !== earlier &&
        !cancelled.has(entry) &&
        isLater(entry, earlier) &&
        takesBack(entry.candidate, earlier.candidate),
    )
    if (later === undefined) continue
    undone.add(earlier)
    if (later.placement.at === earlier.placement.at) for (const entry of [later, earlier]) cancelled.add(entry)
  }
  return placed.filter((entry) => !undone.has(entry) && !cancelled.has(entry))
}

function isLater(one: Placed, other: Placed): boolean {
  if (one.placement.at !== other.placement.at) return one.placement.at > other.placement.at
  if (names(one.candidate, other.candidate)) return true
  if (names(other.candidate, one.candidate)) return false
  return (toMillis(one.candidate.committedAt) ?? 0) > (toMillis(other.candidate.committedAt) ?? 0)
}

function names({ reverts }: CandidateChange, { sha }: CandidateChange): boolean {
  return reverts !== undefined && sameCommit(reverts, sha)
}

/**
 * Whether one change took another back: it touches all files the other touched, and each value that went one way goes the other.
 * Where no value shows, its message must say so too; a message alone proves nothing.
 */
function takesBack(later: CandidateChange, earlier: CandidateChange): boolean {
  const touched = earlier.files.filter((file) => !isDocumentation([file]))
  const covers = touched.length > 0 && touched.every((file) => later.files.includes(file))
  if (!covers || later.repository.toLowerCase() !== earlier.repository.toLowerCase()) return false
  const valued = (earlier.facts ?? []).filter(({ before, after }) => before !== undefined || after !== undefined)
  const isInverse = valued.every((fact) =>
    later.facts?.some(
      (back) =>
        back.kind === fact.kind && back.file === fact.file && back.before === fact.after && back.after === fact.before,
    ),
  )
  return isInverse && (names(later, earlier) || (valued.length > 0 && valued.length === earlier.facts?.length))
}
