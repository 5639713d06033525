import { writeCommit, type CommitOptions } from './commit.ts'
import { merge } from './merge.ts'
import { mergeKey, type PullRequest } from './pull-request.ts'
import { stamp, type GitHubState } from './state.ts'

/** A merged pull request to seed: one commit on a branch, opened when that was written, merged later. */
export interface MergedPullSeed extends Omit<CommitOptions, 'branch'> {
  title: string
  /** ISO date. */
  mergedAt: string
  body?: string
  /** A name of its own when left out. */
  branch?: string
  /** Squash when left out. */
  method?: 'merge' | 'squash'
}

/** Writes the branch, opens the pull request and merges it. `sha` is the commit that reached `main`. */
export async function seedMergedPull(
  state: GitHubState,
  seed: MergedPullSeed,
): Promise<{ number: number; sha: string; headSha: string }> {
  const { repository, title, body = '', method = 'squash' } = seed
  const branch = seed.branch ?? `change-${state.nextId()}`
  const head = await writeCommit(state.api, { ...seed, branch })
  const request = { title, body, head: branch, base: 'main' }
  const { number } = await state.api.write<PullRequest>('POST', `/repos/${repository}/pulls`, request)
  const answer = await merge(state, { repository, number, method, at: Date.parse(seed.mergedAt) })
  const merged = state.merges.get(mergeKey(repository, number))
  if (merged === undefined) throw new Error(`GitHub stand-in: #${number} did not merge: ${answer.body.toString()}`)
  merged.created_at = stamp(seed.date)
  return { number, sha: merged.merge_commit_sha, headSha: head.sha }
}
