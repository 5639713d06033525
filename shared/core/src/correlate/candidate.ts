import type { ChangeFact } from './change-facts.ts'

/** A commit that might be behind an incident, as far as it was read. Text in it comes from outside. */
export interface CandidateChange {
  /** owner/name. */
  repository: string
  sha: string
  url: string
  /** First line of the message. It never raises a score beyond the 0.05 of naming the workload. */
  title: string
  author: string
  /** The committer's date, ISO. Rebases rewrite it and anyone can set it, so it is the last resort for timing. */
  committedAt: string
  /** When its pull request was merged, ISO. */
  mergedAt?: string
  files: readonly string[]
  /** The folder whose history listed it; stands in for `files` when these could not be read. */
  listedFor?: string
  /** What its patches changed; absent when they could not be read. */
  facts?: readonly ChangeFact[]
  /** Its patches change only comments and blank lines. */
  cosmetic?: boolean
  /** The commit its message says it reverts; believed only as far as its files bear it out. */
  reverts?: string
  /** The image that was built with it, as a rollout's recorded change names it, and how many commits came with that image. */
  builtInto?: { image: string; commits: number }
  /** What failed with it outside the cluster, such as `pipeline CI` or `deployment to production`. */
  failedChecks?: readonly string[]
  /** Revisions of GitOps rollouts, as written there, that brought it: it lies between them and what they replaced. */
  containedIn?: readonly string[]
}
