import { z } from 'zod'
import { cleanLine } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiFile, ApiPull } from './schemas.ts'
import { instant, split } from './shapes.ts'

/** A pull request. Every text in it is cleaned and bounded. */
export interface Pull {
  number: number
  title: string
  author: string
  /** open or closed; a merged one is closed. */
  state: string
  /** ISO; empty when it is not merged. */
  mergedAt: string
  /** When it was last touched, ISO. */
  updatedAt: string
  url: string
  /** The commit that brought it into its base; empty when it is not merged. */
  mergeSha: string
  /** The last commit of its branch. */
  headSha: string
}

/** Lists one page of pull requests, last touched first. */
export async function listPulls(
  client: GitHubClient,
  query: { repository: string; state: 'open' | 'closed' | 'all'; limit: number; page?: number },
  session: Session,
): Promise<{ pulls: Pull[]; hasMore: boolean }> {
  const { repository, state, limit, page = 1 } = query
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/pulls',
      params: { ...split(repository), state, sort: 'updated', direction: 'desc', per_page: limit, page },
      schema: z.array(ApiPull),
      what: `the pull requests of ${repository}`,
    },
    session,
  )
  return { pulls: data.map(toPull), hasMore }
}

/** Lists pull requests merged in a time, by when they were last touched. `complete` is false when there may be more. */
export async function listMergedPulls(
  client: GitHubClient,
  { repository, from, to }: { repository: string; from: number; to: number },
  session: Session,
): Promise<{ pulls: Pull[]; complete: boolean }> {
  const { pulls, hasMore } = await listPulls(client, { repository, state: 'closed', limit: 100 }, session)
  const oldest = Date.parse(pulls.at(-1)?.updatedAt ?? '')
  const merged = pulls.filter(({ mergedAt }) => Date.parse(mergedAt) >= from && Date.parse(mergedAt) <= to)
  return { pulls: merged, complete: !hasMore || oldest < from }
}

/** The pull requests a commit came with, merged or not. */
export async function listPullsOfCommit(
  client: GitHubClient,
  { repository, sha }: { repository: string; sha: string },
  session: Session,
): Promise<Pull[]> {
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      params: { ...split(repository), commit_sha: sha },
      schema: z.array(ApiPull),
      what: `the pull requests of commit ${sha.slice(0, 12)} in ${repository}`,
    },
    session,
  )
  return data.map(toPull)
}

/** Paths of the first 100 files a pull request changes, old names of renamed ones too. */
export async function listPullPaths(
  client: GitHubClient,
  { repository, number }: { repository: string; number: number },
  session: Session,
): Promise<{ paths: string[]; hasMore: boolean }> {
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      params: { ...split(repository), pull_number: number, per_page: 100 },
      schema: z.array(ApiFile),
      what: `the files of pull request #${number} in ${repository}`,
    },
    session,
  )
  return { paths: data.flatMap((file) => [file.filename, file.previous_filename ?? []].flat()), hasMore }
}

function toPull(api: ApiPull): Pull {
  const mergedAt = instant(api.merged_at)
  return {
    number: api.number,
    title: cleanLine(api.title ?? '', 200),
    author: cleanLine(api.user?.login ?? '', 80),
    state: cleanLine(api.state ?? '', 20),
    mergedAt,
    updatedAt: instant(api.updated_at),
    url: cleanLine(api.html_url ?? '', 250),
    // Before the merge GitHub names a trial merge here, a commit of no branch.
    mergeSha: mergedAt === '' ? '' : (api.merge_commit_sha?.toLowerCase() ?? ''),
    headSha: api.head?.sha?.toLowerCase() ?? '',
  }
}
