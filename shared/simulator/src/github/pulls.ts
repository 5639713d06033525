import type { FrontAnswer } from '../front/front.ts'
import type { GitHubApi } from './api.ts'
import { json, notFound, problem, readJson, rewordError, validationFailed, withJson } from './answers.ts'
import { headOf } from './commit.ts'
import { paginate } from './paging.ts'
import { compare, readPull, withMerge, type PullRequest } from './pull-request.ts'
import { readBody, text, type RepositoryCall, type Route } from './routes.ts'

/** Pull requests as GitHub shows them: with their files, their merge, and found by commit. */
export const pullRoutes: Route[] = [
  { method: 'GET', path: /^\/pulls$/, answer: listPulls },
  { method: 'POST', path: /^\/pulls$/, answer: openPull },
  { method: 'GET', path: /^\/pulls\/(\d+)$/, answer: getPull },
  { method: 'GET', path: /^\/pulls\/(\d+)\/files$/, answer: listFiles },
  { method: 'GET', path: /^\/pulls\/(\d+)\/commits$/, answer: listCommits },
  { method: 'GET', path: /^\/commits\/([^/]+)\/pulls$/, answer: pullsOfCommit },
]

async function listPulls({ request, state, repository }: RepositoryCall): Promise<FrontAnswer> {
  const answer = await state.api.call('GET', request.path)
  const pulls = readJson(answer) as PullRequest[] | undefined
  if (answer.status !== 200 || pulls === undefined) return rewordError(answer)
  return withJson(
    answer,
    pulls.map((pull) => withMerge(state, repository, pull)),
  )
}

async function getPull({ state, repository, params }: RepositoryCall): Promise<FrontAnswer> {
  const pull = await readPull(state, repository, Number(params[0]))
  if (pull === undefined) return notFound()
  const comparison = await compare(state.api, repository, pull)
  const files = comparison?.files ?? []
  return json(200, {
    ...pull,
    commits: comparison?.total_commits ?? 0,
    changed_files: files.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
  })
}

async function listFiles({ request, state, repository, params }: RepositoryCall): Promise<FrontAnswer> {
  const pull = await readPull(state, repository, Number(params[0]))
  if (pull === undefined) return notFound()
  const page = paginate(request, (await compare(state.api, repository, pull))?.files ?? [])
  return json(200, page.items, page.headers)
}

/** The emulator counts the commit that the branch started from as one of its own. */
async function listCommits({ request, state, repository, params }: RepositoryCall): Promise<FrontAnswer> {
  const pull = await readPull(state, repository, Number(params[0]))
  if (pull === undefined) return notFound()
  const page = paginate(request, (await compare(state.api, repository, pull))?.commits ?? [])
  return json(200, page.items, page.headers)
}

/** The emulator opens a pull request for anything; GitHub wants a branch, new commits, and only one of a kind. */
async function openPull({ request, state, repository }: RepositoryCall): Promise<FrontAnswer> {
  const read = readBody(request)
  if ('refused' in read) return read.refused
  const [owner = ''] = repository.split('/')
  const head = text(read.body['head'], '').replace(`${owner}:`, '')
  const base = text(read.body['base'], '')
  for (const [field, branch] of Object.entries({ head, base })) {
    if ((await headOf(state.api, repository, branch)) !== undefined) continue
    return validationFailed({ resource: 'PullRequest', field, code: 'invalid' })
  }
  const refs = { head: { ref: head, sha: head }, base: { ref: base, sha: base } }
  if ((await compare(state.api, repository, refs))?.total_commits === 0) {
    const message = `No commits between ${base} and ${head}`
    return validationFailed({ resource: 'PullRequest', code: 'custom', message })
  }
  const query = new URLSearchParams({ state: 'open', head: `${owner}:${head}`, base })
  if ((await state.api.list(`/repos/${repository}/pulls?${query.toString()}`)).length > 0) {
    const message = `A pull request already exists for ${owner}:${head}.`
    return validationFailed({ resource: 'PullRequest', code: 'custom', message })
  }
  return rewordError(await state.api.call('POST', request.path, read.body))
}

/**
 * The pull requests a commit belongs to: as merge commit, by the number in its message ("(#12)",
 * "Merge pull request #12"), or among the commits of the branch.
 */
async function pullsOfCommit({ request, state, repository, params }: RepositoryCall): Promise<FrontAnswer> {
  const ref = params[0] ?? ''
  const commit = await state.api.get<{ sha: string; commit: { message: string } }>(
    `/repos/${repository}/commits/${encodeURIComponent(ref)}`,
  )
  if (commit === undefined) return problem(422, `No commit found for SHA: ${ref}`)
  const [subject = ''] = commit.commit.message.split('\n')
  const named = Number(/\(#(\d+)\)\s*$|^Merge pull request #(\d+)/.exec(subject)?.slice(1).find(Boolean))
  const all = await state.api.list<PullRequest>(`/repos/${repository}/pulls?state=all`)
  const found: PullRequest[] = []
  for (const raw of all) {
    const pull = withMerge(state, repository, raw)
    const direct = pull.merge_commit_sha === commit.sha || pull.number === named
    if (direct || (await hasCommit(state.api, repository, pull, commit.sha))) found.push(pull)
  }
  const page = paginate(request, found)
  return json(200, page.items, page.headers)
}

async function hasCommit(api: GitHubApi, repository: string, pull: PullRequest, sha: string): Promise<boolean> {
  const commits = (await compare(api, repository, pull))?.commits ?? []
  return commits.some((commit) => commit.sha === sha)
}
