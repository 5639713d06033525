import type { Suspect } from '@kubevigil/core/change'
import { sameCommit, type CandidateChange } from '@kubevigil/core/correlate'
import { failedCoverage, type GitHubError } from '../github/errors.ts'
import { listFailedDeployments } from '../github/releases.ts'
import { hasFailed, listRuns } from '../github/runs.ts'
import { inParallel, type Inquiry } from './inquiry.ts'

/** Suspects whose pipelines and deployments are looked at, most likely first. */
const most = 2

/** How the source is called in coverage: it can strengthen a suspect and finds none, so a verdict does not hang on it. */
export const checksSource = 'pipelines and deployments'

/**
 * Looks whether the pipelines or deployments of the likeliest suspects failed, of those that nothing else corroborates.
 * @returns the candidates with what failed on them
 */
export async function readChecks(
  candidates: readonly CandidateChange[],
  ranked: readonly Suspect[],
  { client, session, ask, note }: Inquiry,
): Promise<CandidateChange[]> {
  const chosen = ranked
    .filter(({ reasons }) => !reasons.some((reason) => reason.startsWith('corroboration')))
    .slice(0, most)
  if (chosen.length === 0) return [...candidates]
  let refused: GitHubError | undefined
  const isRefusal = (error: GitHubError): boolean => {
    if (error.failure !== 'forbidden' && error.failure !== 'not-found') return false
    refused = error
    return true
  }
  const failed = await inParallel(chosen, async ({ repository, sha }) => {
    const place = { repository, sha }
    const runs = await ask(checksSource, () => listRuns(client, { ...place, limit: 20 }, session), isRefusal)
    const deployments = await ask(checksSource, () => listFailedDeployments(client, place, session), isRefusal)
    const pipelines = runs?.runs.filter(hasFailed).map(({ workflow }) => `pipeline ${workflow}`) ?? []
    return { ...place, checks: [...new Set([...pipelines, ...(deployments ?? [])])].slice(0, 3) }
  })
  // A token that may not read them is no failure: the rest of the answer does not need them.
  note(
    refused === undefined
      ? { source: checksSource, status: 'ok', detail: `Of ${chosen.length} suspects.` }
      : { ...failedCoverage(checksSource, refused), status: 'absent' },
  )
  return candidates.map((candidate) => {
    const own = failed.find(
      ({ repository, sha }) => repository === candidate.repository && sameCommit(sha, candidate.sha),
    )
    return own === undefined || own.checks.length === 0 ? candidate : { ...candidate, failedChecks: own.checks }
  })
}
