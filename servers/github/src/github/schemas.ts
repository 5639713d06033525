import { z } from 'zod'

/** GitHub's answers, only as far as they are read, and forgiving: accounts are deleted, patches are left out, messages are empty. */
const Signature = z.object({ name: z.string().nullish(), date: z.string().nullish() }).nullish()

export const ApiCommit = z.object({
  sha: z.string().regex(/^[0-9a-f]{40,64}$/i),
  html_url: z.string().nullish(),
  commit: z.object({ message: z.string().nullish(), author: Signature, committer: Signature }),
  author: z.object({ login: z.string().nullish() }).nullish(),
  parents: z.array(z.object({ sha: z.string() })).nullish(),
})
export type ApiCommit = z.output<typeof ApiCommit>

export const ApiFile = z.object({
  filename: z.string(),
  previous_filename: z.string().nullish(),
  status: z.string().nullish(),
  additions: z.number().nullish(),
  deletions: z.number().nullish(),
  patch: z.string().nullish(),
})
export type ApiFile = z.output<typeof ApiFile>

export const ApiCommitDetail = ApiCommit.extend({ files: z.array(ApiFile).nullish() })

export const ApiComparison = z.object({
  status: z.string().nullish(),
  ahead_by: z.number().nullish(),
  behind_by: z.number().nullish(),
  total_commits: z.number().nullish(),
  commits: z.array(ApiCommit),
  files: z.array(ApiFile).nullish(),
})

const User = z.object({ login: z.string().nullish() }).nullish()

export const ApiPull = z.object({
  number: z.number(),
  title: z.string().nullish(),
  state: z.string().nullish(),
  user: User,
  merged_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  head: z.object({ sha: z.string().nullish() }).nullish(),
  html_url: z.string().nullish(),
})
export type ApiPull = z.output<typeof ApiPull>

export const ApiRelease = z.object({
  tag_name: z.string(),
  name: z.string().nullish(),
  draft: z.boolean().nullish(),
  author: User,
  published_at: z.string().nullish(),
})

export const ApiDeployment = z.object({
  sha: z.string(),
  ref: z.string().nullish(),
  environment: z.string().nullish(),
  description: z.string().nullish(),
  creator: User,
  created_at: z.string().nullish(),
})

export const ApiRuns = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string().nullish(),
      display_title: z.string().nullish(),
      head_branch: z.string().nullish(),
      head_sha: z.string().nullish(),
      event: z.string().nullish(),
      status: z.string().nullish(),
      conclusion: z.string().nullish(),
      actor: User,
      created_at: z.string().nullish(),
      html_url: z.string().nullish(),
    }),
  ),
})

export const ApiJobs = z.object({
  jobs: z.array(z.object({ id: z.number(), name: z.string().nullish(), conclusion: z.string().nullish() })),
})

/** A file, a symbolic link or a submodule. */
export const ApiContent = z.object({
  type: z.string(),
  size: z.number().nullish(),
  encoding: z.string().nullish(),
  content: z.string().nullish(),
})

export const ApiEntry = z.object({ type: z.string(), name: z.string() })

export const ApiCodeHits = z.object({
  incomplete_results: z.boolean().nullish(),
  items: z.array(
    z.object({
      path: z.string(),
      repository: z.object({ full_name: z.string() }),
      text_matches: z.array(z.object({ fragment: z.string().nullish() })).nullish(),
    }),
  ),
})

export const ApiIssueHits = z.object({
  incomplete_results: z.boolean().nullish(),
  items: z.array(
    z.object({
      number: z.number(),
      title: z.string().nullish(),
      state: z.string().nullish(),
      user: User,
      updated_at: z.string().nullish(),
      html_url: z.string().nullish(),
      repository_url: z.string(),
    }),
  ),
})
