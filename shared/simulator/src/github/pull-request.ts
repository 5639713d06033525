import type { GitHubApi } from './api.ts'
import { headOf } from './commit.ts'
import type { GitHubState } from './state.ts'

/** What the stand-in reads of a pull request; the rest travels on untouched. */
export interface PullRequest {
  number: number
  title: string
  state: string
  merged_at: string | null
  merge_commit_sha: string | null
  head: { ref: string; sha: string; repo?: { full_name?: string } | null }
  base: { ref: string; sha: string }
  [more: string]: unknown
}

/** How a pull request came to be merged, over what the emulator says. */
export interface Merge {
  merge_commit_sha: string
  merged_at: string
  closed_at: string
  updated_at: string
  created_at?: string
}

/** What a pull request brings: its commits, oldest first, and its files. */
export interface Comparison {
  commits: { sha: string }[]
  total_commits: number
  files: { additions: number; deletions: number }[]
}

/** Reads one pull request with its merge; undefined when there is none of that number. */
export async function readPull(
  state: GitHubState,
  repository: string,
  number: number,
): Promise<PullRequest | undefined> {
  const pull = await state.api.get<PullRequest>(`/repos/${repository}/pulls/${number}`)
  if (pull === undefined || pull.state !== 'open') return pull && withMerge(state, repository, pull)
  // The emulator keeps the commit that the branch had when the pull request was opened.
  const sha = (await headOf(state.api, repository, pull.head.ref)) ?? pull.head.sha
  return { ...pull, head: { ...pull.head, sha } }
}

/** Lays what is known of the merge over what the emulator says. */
export function withMerge(state: GitHubState, repository: string, pull: PullRequest): PullRequest {
  return { ...pull, ...state.merges.get(mergeKey(repository, pull.number)) }
}

/** The key of a pull request in `state.merges`. */
export function mergeKey(repository: string, number: number): string {
  return `${repository.toLowerCase()}#${number}`
}

/** Compares head with base; undefined when one of them is not there. */
export function compare(
  api: GitHubApi,
  repository: string,
  { base, head }: { base: { sha: string }; head: { sha: string } },
): Promise<Comparison | undefined> {
  const range = `${encodeURIComponent(base.sha)}...${encodeURIComponent(head.sha)}`
  return api.get<Comparison>(`/repos/${repository}/compare/${range}`)
}
