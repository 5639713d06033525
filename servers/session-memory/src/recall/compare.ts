import type { Coverage } from '@kubevigil/core/observe'
import { forbiddenSources } from '@kubevigil/core/remember'
import type { Stand } from '../store/stands.ts'

/** What became of an incident between two cycles, in the order a reader wants it. */
export const changes = ['new', 'reopened', 'worse', 'notLookedAt', 'gone', 'better', 'same'] as const
type CycleChange = (typeof changes)[number]

/**
 * What became of one incident from one cycle to the other. Worse and better go by SEV, then by how many objects it affects.
 * What came and went between the two is gone; what is neither seen nor over was not looked at, whatever its absence looks like.
 */
export function changeOf({ before, after, begun, seen, over }: Stand): CycleChange {
  if (over) return 'gone'
  if (!seen) return 'notLookedAt'
  if (begun !== null) return begun
  // Open by the first cycle, or it would have begun since.
  if (before === null || (after.sev === before.sev && after.members === before.members)) return 'same'
  if (after.sev !== before.sev) return after.sev < before.sev ? 'worse' : 'better'
  return after.members > before.members ? 'worse' : 'better'
}

/** Sources a look did not read whole and that could hide a fault, with the status of each; none when it was a whole look. */
export function gapsOf(coverage: readonly Coverage[]): string[] {
  const missing = ['api', 'pods'].filter((source) => !coverage.some((entry) => entry.source === source))
  const gaps = coverage.filter(({ source, status, detail }) => {
    if (status === 'ok' || status === 'absent') return false
    // Asked as if forbidden, memory's own rule says whether a source matters.
    return forbiddenSources([{ source, status: 'forbidden', detail }]).length > 0
  })
  return [
    ...missing.map((source) => `${source} (not named)`),
    ...gaps.map(({ source, status }) => `${source} (${status})`),
  ]
}
