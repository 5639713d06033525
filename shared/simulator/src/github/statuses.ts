import type { FrontAnswer } from '../front/front.ts'
import { json, problem, validationFailed } from './answers.ts'
import { paginate } from './paging.ts'
import { readBody, text, type RepositoryCall, type Route } from './routes.ts'
import { stamp, type GitHubState } from './state.ts'

const states = ['error', 'failure', 'pending', 'success'] as const

/** One status of a commit, as an outside system reports it. */
export interface CommitStatus {
  repository: string
  sha: string
  id: number
  state: (typeof states)[number]
  context: string
  description: string | null
  target_url: string | null
  created_at: string
}

/** Commit statuses, single and combined: the emulator has none. */
export const statusRoutes: Route[] = [
  { method: 'POST', path: /^\/statuses\/([^/]+)$/, answer: createStatus },
  { method: 'GET', path: /^\/commits\/(.+)\/statuses$/, answer: listStatuses },
  { method: 'GET', path: /^\/commits\/(.+)\/status$/, answer: combinedStatus },
]

async function createStatus(call: RepositoryCall): Promise<FrontAnswer> {
  const { request, state, repository, params } = call
  const sha = await resolve(call)
  if (sha === undefined) return problem(422, `No commit found for SHA: ${params[0]}`)
  const read = readBody(request)
  if ('refused' in read) return read.refused
  const wanted = states.find((candidate) => candidate === read.body['state'])
  if (wanted === undefined) return validationFailed({ resource: 'Status', code: 'invalid', field: 'state' })
  const status: CommitStatus = {
    repository,
    sha,
    id: state.nextId(),
    state: wanted,
    context: text(read.body['context'], 'default'),
    description: text(read.body['description'], '') || null,
    target_url: text(read.body['target_url'], '') || null,
    created_at: stamp(state.now()),
  }
  state.statuses.unshift(status)
  return json(201, format(state, status))
}

async function listStatuses(call: RepositoryCall): Promise<FrontAnswer> {
  const sha = await resolve(call)
  if (sha === undefined) return noCommit(call)
  const page = paginate(call.request, statusesOf(call, sha))
  return json(
    200,
    page.items.map((status) => format(call.state, status)),
    page.headers,
  )
}

async function combinedStatus(call: RepositoryCall): Promise<FrontAnswer> {
  const sha = await resolve(call)
  if (sha === undefined) return noCommit(call)
  const { state, repository } = call
  const all = statusesOf(call, sha)
  const latest = all.filter(({ context }, index) => all.findIndex((other) => other.context === context) === index)
  return json(200, {
    state: combine(latest),
    statuses: latest.map((status) => format(state, status)),
    sha,
    total_count: latest.length,
    repository: { full_name: repository },
    commit_url: `${state.url}/repos/${repository}/commits/${sha}`,
    url: `${state.url}/repos/${repository}/commits/${sha}/status`,
  })
}

/** Failure if any context fails, else pending if any is or there are none, else success. */
function combine(latest: CommitStatus[]): 'failure' | 'pending' | 'success' {
  if (latest.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  return latest.length === 0 || latest.some(({ state }) => state === 'pending') ? 'pending' : 'success'
}

async function resolve({ state, repository, params }: RepositoryCall): Promise<string | undefined> {
  const ref = encodeURIComponent(params[0] ?? '')
  return (await state.api.get<{ sha: string }>(`/repos/${repository}/commits/${ref}`))?.sha
}

function noCommit({ params }: RepositoryCall): FrontAnswer {
  return problem(422, `No commit found for SHA: ${params[0]}`)
}

function statusesOf({ state, repository }: RepositoryCall, sha: string): CommitStatus[] {
  return state.statuses.filter((status) => status.repository === repository && status.sha === sha)
}

function format({ url }: GitHubState, { repository, sha, ...status }: CommitStatus): object {
  return { ...status, updated_at: status.created_at, url: `${url}/repos/${repository}/statuses/${sha}` }
}
