import { z } from 'zod'
import type { GitHubClient, Session } from '../github/client.ts'
import { compareRevisions, getCommit, listCommits } from '../github/commits.ts'
import { listPullPaths } from '../github/pulls.ts'
import { ApiCommitDetail, ApiFile, ApiPull } from '../github/schemas.ts'
import { split } from '../github/shapes.ts'
import { cannotChange } from './file-change.ts'

/** What is taken back: the way from one state of the repository to another. */
export interface RevertRange {
  /** The commit with the change, and the one before it. */
  after: string
  before: string
  /** As GitHub has them, not cleaned. */
  paths: string[]
  /** For titles: first line of the commit's message, or the range. */
  title: string
}

/** Most files of a revert: what is larger a person should do with git. */
const mostFiles = 20

const PullWithCommits = ApiPull.extend({ commits: z.number().nullish() })
const StatusOnly = z.object({ status: z.string() })
const FilesOnly = ApiCommitDetail.pick({ files: true })

interface Asked {
  client: GitHubClient
  repository: string
  session: Session
}

/**
 * Reads what `#12`, `first..last` (first stays, as in Git) or a revision names.
 * @throws UserError when it cannot be taken back by a machine: not merged, not in line, the first commit, too many files
 */
export async function readRange(asked: Asked, revert: string): Promise<RevertRange> {
  const [, first, last] = /^(.+?)\.\.(.+)$/.exec(revert) ?? []
  const range =
    first !== undefined && last !== undefined
      ? await ofRange(asked, first, last)
      : revert.startsWith('#')
        ? await ofPull(asked, Number(revert.slice(1)))
        : await ofCommit(asked, revert)
  if (range.paths.length <= mostFiles) return range
  throw cannotChange(
    `${revert} changes more than ${mostFiles} files: too many for a machine to take back.`,
    'Revert it with git.',
  )
}

/**
 * Makes sure that a branch holds what is to be taken back: GitHub answers for the commits of forks too, and what one of those
 * replaced anybody may have written.
 * @param head commit of the branch
 * @throws UserError when it does not
 */
export async function checkHeld(
  { client, repository, session }: Asked,
  { after }: RevertRange,
  { base, head }: { base: string; head: string },
): Promise<void> {
  const short = after.slice(0, 12)
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
      params: { ...split(repository), basehead: `${after}...${head}`, per_page: 1 },
      schema: StatusOnly,
      what: `the way from ${short} to ${base} in ${repository}`,
    },
    session,
  )
  if (data.status === 'ahead' || data.status === 'identical') return
  throw cannotChange(
    `${short} is not in ${base}, so there is nothing to take back there.`,
    'Name a commit of that branch.',
  )
}

async function ofCommit({ client, repository, session }: Asked, ref: string): Promise<RevertRange> {
  const commit = await getCommit(client, { repository, ref }, session)
  // Of a merge this is the branch it went into, as with git revert -m 1.
  const before = commit.parents[0]
  if (before === undefined) {
    throw cannotChange(
      `${commit.sha.slice(0, 12)} is the first commit: there is nothing before it.`,
      'Name another one.',
    )
  }
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/commits/{ref}',
      params: { ...split(repository), ref: commit.sha },
      schema: FilesOnly,
      what: `the files of commit ${commit.sha.slice(0, 12)} in ${repository}`,
    },
    session,
  )
  return { after: commit.sha, before, paths: pathsOf(data.files ?? []), title: commit.title }
}

async function ofRange(asked: Asked, first: string, last: string): Promise<RevertRange> {
  const { client, repository, session } = asked
  const compared = await compareRevisions(client, { repository, base: first, head: last }, session)
  if (compared.status !== 'ahead' || !compared.complete) {
    const why =
      compared.status === 'ahead' ? 'is too long to read whole' : `does not lead on from the first (${compared.status})`
    throw cannotChange(`The range ${first}..${last} ${why}.`, 'Name a shorter range or one commit, older one first.')
  }
  const [after, before] = await Promise.all([last, first].map((ref) => shaOf(asked, ref)))
  const { data } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
      params: { ...split(repository), basehead: `${before}...${after}` },
      schema: FilesOnly,
      what: `the files from ${first} to ${last} in ${repository}`,
    },
    session,
  )
  const title = `${before!.slice(0, 7)}..${after!.slice(0, 7)}`
  return { after: after!, before: before!, paths: pathsOf(data.files ?? []), title }
}

/** A merged pull request lies in its base branch as a merge, as one squashed commit, or as its commits one behind the other. */
async function ofPull(asked: Asked, number: number): Promise<RevertRange> {
  const { client, repository, session } = asked
  const { data: pull } = await client.get(
    {
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      params: { ...split(repository), pull_number: number },
      schema: PullWithCommits,
      what: `pull request #${number} of ${repository}`,
    },
    session,
  )
  const merge = pull.merge_commit_sha ?? ''
  if ((pull.merged_at ?? '') === '' || merge === '')
    throw cannotChange(`Pull request #${number} is not merged.`, 'Close it, or name what is to be taken back.')
  const single = await ofCommit(asked, merge)
  const commits = pull.commits ?? 1
  if (commits <= 1) return single
  const { paths } = await listPullPaths(client, { repository, number }, session)
  const isWhole = paths.every((path) => single.paths.includes(path))
  if (isWhole) return single
  const line = await listCommits(client, { repository, ref: merge, limit: Math.min(100, commits + 1) }, session)
  const before = line.commits[commits]?.sha
  if (before === undefined) {
    throw cannotChange(`Pull request #${number} has too many commits to take back together.`, 'Revert it with git.')
  }
  return { ...(await ofRange(asked, before, merge)), title: single.title }
}

async function shaOf({ client, repository, session }: Asked, ref: string): Promise<string> {
  return (await getCommit(client, { repository, ref }, session)).sha
}

function pathsOf(files: readonly ApiFile[]): string[] {
  return [...new Set(files.flatMap((file) => [file.filename, file.previous_filename ?? []].flat()))]
}
