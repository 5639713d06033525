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

export const ApiPull = z.object({
  number: z.number(),
  title: z.string().nullish(),
  merged_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  html_url: z.string().nullish(),
})
