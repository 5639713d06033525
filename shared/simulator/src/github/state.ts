import type { GitHubApi } from './api.ts'
import type { Deployment } from './deployments.ts'
import type { Merge } from './pull-request.ts'
import type { Run } from './runs.ts'
import type { CommitStatus } from './statuses.ts'

/** What the stand-in knows beyond the emulator. `repository` is always `owner/name`. */
export interface GitHubState {
  /** The front's address, for links. */
  url: string
  api: GitHubApi
  /** Milliseconds since the epoch, for what carries no date of its own. */
  now: () => number
  /** A number nobody else has. */
  nextId: () => number
  deployments: Deployment[]
  statuses: CommitStatus[]
  runs: Run[]
  /** Merged pull requests, by `owner/name#number`. */
  merges: Map<string, Merge>
}

/** A state with nothing in it. */
export function createState(options: { url: string; api: GitHubApi; now: () => number }): GitHubState {
  let last = 1000
  const nextId = (): number => (last += 1)
  return { ...options, nextId, deployments: [], statuses: [], runs: [], merges: new Map() }
}

/** A time as GitHub writes it: UTC, whole seconds. */
export function stamp(time: number | string): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
