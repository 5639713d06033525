import { z } from 'zod'
import { cleanLine, cleanText, maskSecrets } from './clean.ts'
import type { GitHubClient, Session } from './client.ts'
import { ApiCommit, ApiCommitDetail, ApiComparison, type ApiFile } from './schemas.ts'
import { instant, split } from './shapes.ts'

/** A commit without its files. Every text in it is cleaned and bounded. */
export interface Commit {
  sha: string
  url: string
  /** Committer's date, ISO; empty when GitHub gives none. */
  time: string
  author: string
  title: string
  /** The message below the title. */
  body: string
  parents: string[]
  /** Number of the pull request its message names. */
  pull?: number
  /** The commit its message says it reverts. */
  reverts?: string
}

export interface CommitFile {
  path: string
  status: string
  additions: number
  deletions: number
  /** Unified diff with secret values taken out; absent when GitHub gives none (binary, too large, a mere rename). */
  patch?: string
}

export interface CommitDetail extends Commit {
  files: CommitFile[]
}

export interface Comparison {
  status: string
  aheadBy: number
  behindBy: number
  /** Oldest first; of a long range those in the middle are missing. */
  commits: Commit[]
  /** Whether `commits` and `files` are all there are. */
  complete: boolean
  files: CommitFile[]
}

/** Most files GitHub puts into one answer of a commit or a comparison. */
const fileLimit = 300
/** Pages of 100 commits that are read of a comparison. */
const comparisonPages = 3
/** Longest patch of one file that is kept. */
const patchLimit = 60_000

/** Lists commits, newest first. `ref` is a commit or branch to start from: the default branch when absent. */
export async function listCommits(
  client: GitHubClient,
  query: {
    repository: string
    path?: string | undefined
    ref?: string | undefined
    since?: string | undefined
    until?: string | undefined
    limit: number
    page?: number
  },
  session: Session,
): Promise<{ commits: Commit[]; hasMore: boolean }> {
  const { repository, path, ref, since, until, limit, page = 1 } = query
  const { data, hasMore } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/commits',
      params: {
        ...split(repository),
        ...(path === undefined || path === '' || path === '.' ? {} : { path }),
        ...(ref === undefined || ref === '' ? {} : { sha: ref }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        per_page: limit,
        page,
      },
      schema: z.array(ApiCommit),
      what: `the commits of ${repository}${path === undefined || path === '' ? '' : ` in ${path}`}`,
    },
    session,
  )
  return { commits: data.map(toCommit), hasMore }
}

/** Reads one commit with its files and patches. */
export async function getCommit(
  client: GitHubClient,
  { repository, ref }: { repository: string; ref: string },
  session: Session,
): Promise<CommitDetail & { complete: boolean }> {
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/commits/{ref}',
      params: { ...split(repository), ref },
      schema: ApiCommitDetail,
      what: `commit ${ref.slice(0, 60)} of ${repository}`,
    },
    session,
  )
  const files = data.files ?? []
  return { ...toCommit(data), files: files.map(toFile), complete: files.length < fileLimit }
}

/** Compares two revisions: what `head` has and `base` has not, since they parted. */
export async function compareRevisions(
  client: GitHubClient,
  { repository, base, head }: { repository: string; base: string; head: string },
  session: Session,
): Promise<Comparison> {
  const read = (page: number) =>
    client.get(
      {
        route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
        params: { ...split(repository), basehead: `${base}...${head}`, per_page: 100, page },
        schema: ApiComparison,
        what: `the changes from ${base.slice(0, 60)} to ${head.slice(0, 60)} in ${repository}`,
      },
      session,
    )
  const { data, hasMore } = await read(1)
  // Oldest first: of a long range the last pages have the newest, which count most.
  const last = hasMore ? Math.ceil((data.total_commits ?? 0) / 100) : 1
  const pages = Array.from({ length: Math.max(0, last - 1) }, (_, at) => at + 2).slice(1 - comparisonPages)
  const rest = await Promise.all(pages.map(read))
  const commits = [...data.commits, ...rest.flatMap((page) => page.data.commits)]
  const files = data.files ?? []
  return {
    status: cleanLine(data.status ?? '', 20),
    aheadBy: data.ahead_by ?? commits.length,
    behindBy: data.behind_by ?? 0,
    commits: commits.map(toCommit),
    complete: commits.length >= (data.total_commits ?? 0) && files.length < fileLimit,
    files: files.map(toFile),
  }
}

function toCommit(api: ApiCommit): Commit {
  const message = api.commit.message ?? ''
  const pull = pullNumber(message)
  const reverts = /^This reverts commit ([0-9a-f]{7,40})\b/m.exec(message)?.[1]
  return {
    sha: api.sha.toLowerCase(),
    url: cleanLine(api.html_url ?? '', 500),
    time: instant(api.commit.committer?.date ?? api.commit.author?.date),
    author: cleanLine(api.author?.login ?? api.commit.author?.name ?? '', 80),
    title: cleanLine(message, 200),
    body: cleanText(message.split('\n').slice(1).join('\n').trim(), 2000),
    parents: (api.parents ?? []).map(({ sha }) => sha.toLowerCase()),
    ...(pull === undefined ? {} : { pull }),
    ...(reverts === undefined ? {} : { reverts }),
  }
}

/** `Title (#12)` of a squash, or `Merge pull request #12 from …`. */
function pullNumber(message: string): number | undefined {
  const title = message.split('\n')[0] ?? ''
  const [, squashed, merged] = /\(#(\d{1,9})\)\s*$|^Merge pull request #(\d{1,9})\b/.exec(title) ?? []
  const number = squashed ?? merged
  return number === undefined ? undefined : Number(number)
}

function toFile(api: ApiFile): CommitFile {
  const path = cleanLine(api.filename, 400)
  const patch = api.patch ?? undefined
  return {
    path,
    status: cleanLine(api.status ?? 'modified', 20),
    additions: api.additions ?? 0,
    deletions: api.deletions ?? 0,
    ...(patch === undefined
      ? {}
      : { patch: cleanText(maskSecrets(api.filename, patch), patchLimit, { keepMarkup: true }) }),
  }
}
