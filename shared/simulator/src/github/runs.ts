import type { FrontAnswer } from '../front/front.ts'
import { json, notFound } from './answers.ts'
import { logAddress } from './log-storage.ts'
import { paginate } from './paging.ts'
import type { RepositoryCall, Route } from './routes.ts'
import { stamp, type GitHubState } from './state.ts'

/** How a run or a job of it ended; null while it goes on. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | null

/** A workflow run to seed. */
export interface RunSeed {
  repository: string
  /** The commit it ran on. */
  sha: string
  /** The workflow's name. */
  name: string
  /** ISO date. */
  createdAt: string
  /** ISO date; `createdAt` when left out. */
  updatedAt?: string
  /** Success when left out. */
  conclusion?: Conclusion
  branch?: string
  event?: string
  title?: string
  jobs?: { name: string; conclusion?: Conclusion; log?: string }[]
}

/** A job of a run. */
export interface Job {
  id: number
  name: string
  conclusion: Conclusion
  log: string
}

/** A workflow run as the stand-in keeps it. */
export interface Run {
  repository: string
  id: number
  number: number
  sha: string
  name: string
  branch: string
  event: string
  title: string
  conclusion: Conclusion
  created_at: string
  updated_at: string
  jobs: Job[]
}

/** Actions runs: the emulator has the routes, but nothing to fill them with. */
export const runRoutes: Route[] = [
  { method: 'GET', path: /^\/actions\/runs$/, answer: listRuns },
  { method: 'GET', path: /^\/actions\/runs\/(\d+)$/, answer: getRun },
  { method: 'GET', path: /^\/actions\/runs\/(\d+)\/jobs$/, answer: listJobs },
  { method: 'GET', path: /^\/actions\/jobs\/(\d+)$/, answer: getJob },
  { method: 'GET', path: /^\/actions\/jobs\/(\d+)\/logs$/, answer: jobLog },
]

/** Puts a workflow run where the API will find it. Returns its number. */
export function seedRun(state: GitHubState, seed: RunSeed): { id: number } {
  const run: Run = {
    repository: seed.repository,
    id: state.nextId(),
    number:
      state.runs.filter(({ repository, name }) => repository === seed.repository && name === seed.name).length + 1,
    sha: seed.sha,
    name: seed.name,
    branch: seed.branch ?? 'main',
    event: seed.event ?? 'push',
    title: seed.title ?? seed.name,
    conclusion: seed.conclusion === undefined ? 'success' : seed.conclusion,
    created_at: stamp(seed.createdAt),
    updated_at: stamp(seed.updatedAt ?? seed.createdAt),
    jobs: (seed.jobs ?? []).map(({ name, conclusion = 'success', log = '' }) => ({
      id: state.nextId(),
      name,
      conclusion,
      log,
    })),
  }
  state.runs.push(run)
  return { id: run.id }
}

function listRuns({ request, state, repository }: RepositoryCall): FrontAnswer {
  const query = request.url.searchParams
  const found = state.runs
    .filter((run) => run.repository === repository)
    .filter((run) => [null, run.sha].includes(query.get('head_sha')))
    .filter((run) => [null, run.branch].includes(query.get('branch')))
    .filter((run) => [null, run.event].includes(query.get('event')))
    .filter((run) => [null, run.conclusion ?? '', statusOf(run) as string].includes(query.get('status')))
    .filter((run) => within(run.created_at, query.get('created')))
    .sort((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id)
  const page = paginate(request, found)
  const workflow_runs = page.items.map((run) => format(state, run))
  return json(200, { total_count: found.length, workflow_runs }, page.headers)
}

function getRun(call: RepositoryCall): FrontAnswer {
  const run = findRun(call)
  return run === undefined ? notFound() : json(200, format(call.state, run))
}

function listJobs(call: RepositoryCall): FrontAnswer {
  const run = findRun(call)
  if (run === undefined) return notFound()
  const page = paginate(call.request, run.jobs)
  const jobs = page.items.map((job) => formatJob(call.state, run, job))
  return json(200, { total_count: run.jobs.length, jobs }, page.headers)
}

function getJob(call: RepositoryCall): FrontAnswer {
  const found = findJob(call)
  return found === undefined ? notFound() : json(200, formatJob(call.state, found.run, found.job))
}

/** GitHub redirects to a storage that wants no token. */
function jobLog(call: RepositoryCall): FrontAnswer {
  const found = findJob(call)
  if (found === undefined) return notFound()
  return { status: 302, headers: { location: logAddress(call.state, found.job.id) }, body: '' }
}

function findRun({ state, repository, params }: RepositoryCall): Run | undefined {
  return state.runs.find((run) => run.repository === repository && run.id === Number(params[0]))
}

function findJob({ state, repository, params }: RepositoryCall): { run: Run; job: Job } | undefined {
  for (const run of state.runs.filter((candidate) => candidate.repository === repository)) {
    const job = run.jobs.find(({ id }) => id === Number(params[0]))
    if (job !== undefined) return { run, job }
  }
  return undefined
}

function statusOf({ conclusion }: { conclusion: Conclusion }): 'completed' | 'in_progress' {
  return conclusion === null ? 'in_progress' : 'completed'
}

/** GitHub's search syntax for dates: `>=A`, `<=B`, `>A`, `<B`, `A..B` with `*` for an open end, or one day. */
function within(date: string, wanted: string | null): boolean {
  if (wanted === null) return true
  const time = Date.parse(date)
  const [, comparison = '', bound = ''] = /^(>=|<=|>|<)(.+)$/.exec(wanted) ?? []
  if (comparison === '>=') return time >= Date.parse(bound)
  if (comparison === '<=') return time <= Date.parse(bound)
  if (comparison === '>') return time > Date.parse(bound)
  if (comparison === '<') return time < Date.parse(bound)
  const [from = '*', to = '*'] = wanted.split('..')
  if (!wanted.includes('..')) return date.startsWith(wanted)
  return (from === '*' || time >= Date.parse(from)) && (to === '*' || time <= Date.parse(to))
}

function format({ url }: GitHubState, run: Run): object {
  const base = `${url}/repos/${run.repository}/actions/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    display_title: run.title,
    head_branch: run.branch,
    head_sha: run.sha,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    status: statusOf(run),
    conclusion: run.conclusion,
    created_at: run.created_at,
    run_started_at: run.created_at,
    updated_at: run.updated_at,
    url: base,
    html_url: `${url}/${run.repository}/actions/runs/${run.id}`,
    jobs_url: `${base}/jobs`,
    logs_url: `${base}/logs`,
    pull_requests: [],
  }
}

function formatJob({ url }: GitHubState, run: Run, job: Job): object {
  return {
    id: job.id,
    run_id: run.id,
    name: job.name,
    workflow_name: run.name,
    head_sha: run.sha,
    head_branch: run.branch,
    status: statusOf(job),
    conclusion: job.conclusion,
    started_at: run.created_at,
    completed_at: job.conclusion === null ? null : run.updated_at,
    html_url: `${url}/${run.repository}/actions/runs/${run.id}/job/${job.id}`,
    url: `${url}/repos/${run.repository}/actions/jobs/${job.id}`,
    steps: [],
  }
}
