import type { FrontAnswer } from '../front/front.ts'
import type { GitHubApi } from './api.ts'
import { json, notFound, problem, readJson, rewordError } from './answers.ts'
import { headOf, moveBranch, writeTree } from './commit.ts'
import { mergeKey, readPull, type PullRequest } from './pull-request.ts'
import { readBody, text, type RepositoryCall, type Route } from './routes.ts'
import { stamp, type GitHubState } from './state.ts'
import { threeWay, type File } from './three-way.ts'

/** A merge to make. */
export interface MergeOptions {
  repository: string
  number: number
  /** Merge commit when left out, as on GitHub. */
  method?: string
  title?: string
  message?: string
  /** When it was merged, in milliseconds since the epoch. */
  at: number
}

/** Merging, with a date of the caller's and without losing what reached the base branch meanwhile. */
export const mergeRoutes: Route[] = [{ method: 'PUT', path: /^\/pulls\/(\d+)\/merge$/, answer: answerMerge }]

async function answerMerge({ request, state, repository, params }: RepositoryCall): Promise<FrontAnswer> {
  const read = readBody(request)
  if ('refused' in read) return read.refused
  const { body } = read
  const number = Number(params[0])
  const pull = await readPull(state, repository, number)
  const expected = text(body['sha'], '')
  if (pull !== undefined && expected !== '' && expected !== pull.head.sha) {
    return problem(409, 'Head branch was modified. Review and try the merge again.')
  }
  return merge(state, {
    repository,
    number,
    method: text(body['merge_method'], 'merge'),
    title: text(body['commit_title'], ''),
    message: text(body['commit_message'], ''),
    at: state.now(),
  })
}

/**
 * Merges a pull request. The emulator marks it merged; the commit on the base branch is ours, because
 * the emulator's carries the wall clock's date and the tree of the head branch alone.
 */
export async function merge(state: GitHubState, options: MergeOptions): Promise<FrontAnswer> {
  const { api } = state
  const { repository, number } = options
  const pull = await readPull(state, repository, number)
  const base = pull && (await headOf(api, repository, pull.base.ref))
  if (pull === undefined || base === undefined) return notFound()
  const head = pull.head.sha
  const merged = await mergeTrees(api, repository, base, head)
  if ('conflicts' in merged) return problem(405, 'Pull Request is not mergeable')

  const answer = await api.call('PUT', `/repos/${repository}/pulls/${number}/merge`, {})
  if (answer.status >= 300) return refusal(answer)

  const date = stamp(options.at)
  const commit = await api.write<{ sha: string }>('POST', `/repos/${repository}/git/commits`, {
    message: messageOf(pull, options),
    tree: await writeTree(api, repository, base, merged.entries),
    parents: options.method === 'squash' || options.method === 'rebase' ? [base] : [base, head],
    author: { name: 'Sam Rivera', email: 'sam@example.com', date },
    committer: { name: 'GitHub', email: 'noreply@github.com', date },
  })
  await moveBranch(api, { repository, branch: pull.base.ref, sha: commit.sha, force: true })
  const times = { merged_at: date, closed_at: date, updated_at: date }
  state.merges.set(mergeKey(repository, number), { merge_commit_sha: commit.sha, ...times })
  return json(200, { sha: commit.sha, merged: true, message: 'Pull Request successfully merged' })
}

async function mergeTrees(
  api: GitHubApi,
  repository: string,
  base: string,
  head: string,
): Promise<ReturnType<typeof threeWay>> {
  const compared = await api.get<{ merge_base_commit: { sha: string } }>(
    `/repos/${repository}/compare/${base}...${head}`,
  )
  const ancestor = compared?.merge_base_commit.sha
  const [ancestors, ours, theirs] = await Promise.all([ancestor, base, head].map((sha) => files(api, repository, sha)))
  return threeWay(ancestors ?? new Map(), ours ?? new Map(), theirs ?? new Map())
}

async function files(api: GitHubApi, repository: string, commit: string | undefined): Promise<Map<string, File>> {
  if (commit === undefined) return new Map()
  type Listed = { path: string; mode: string; type: string; sha: string }
  const tree = await api.get<{ tree: Listed[] }>(`/repos/${repository}/git/trees/${commit}?recursive=1`)
  const blobs = (tree?.tree ?? []).filter(({ type }) => type === 'blob')
  return new Map(blobs.map(({ path, mode, sha }) => [path, { mode, sha }]))
}

/** GitHub's own words for merge and squash commits, unless the caller brings a title. */
function messageOf(pull: PullRequest, { method, title, message }: MergeOptions): string {
  const squash = method === 'squash' || method === 'rebase'
  const owner = pull.head.repo?.full_name?.split('/')[0] ?? ''
  const first = squash
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${owner}/${pull.head.ref}`
  const rest = message || (squash ? '' : pull.title)
  return [title || first, rest].filter((part) => part !== '').join('\n\n')
}

/** The emulator answers 422 where GitHub says 405: closed, draft, or blocked by a rule. */
function refusal(answer: FrontAnswer): FrontAnswer {
  const message = (readJson(answer) as { message?: string } | undefined)?.message ?? ''
  return answer.status === 422 ? problem(405, message) : rewordError(answer)
}
