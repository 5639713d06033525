import type { FrontAnswer } from '../front/front.ts'
import { json, notFound, problem, validationFailed } from './answers.ts'
import { paginate } from './paging.ts'
import { readBody, text, type RepositoryCall, type Route } from './routes.ts'
import { stamp, type GitHubState } from './state.ts'

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const

/** Where a deployment stands. */
export type DeploymentState = (typeof states)[number]

/** One status of a deployment. */
export interface DeploymentStatus {
  id: number
  state: DeploymentState
  description: string
  environment_url: string
  log_url: string
  created_at: string
}

/** A deployment, with its statuses, newest first. */
export interface Deployment {
  repository: string
  id: number
  sha: string
  ref: string
  task: string
  environment: string
  description: string
  created_at: string
  statuses: DeploymentStatus[]
}

/** A deployment to seed. Without `state` it has no status. */
export interface DeploymentSeed {
  repository: string
  sha: string
  environment: string
  /** ISO date. */
  createdAt: string
  state?: DeploymentState
  ref?: string
  description?: string
}

/** Deployments and their statuses: the emulator has none. */
export const deploymentRoutes: Route[] = [
  { method: 'GET', path: /^\/deployments$/, answer: listDeployments },
  { method: 'POST', path: /^\/deployments$/, answer: createDeployment },
  { method: 'GET', path: /^\/deployments\/(\d+)$/, answer: getDeployment },
  { method: 'GET', path: /^\/deployments\/(\d+)\/statuses$/, answer: listStatuses },
  { method: 'POST', path: /^\/deployments\/(\d+)\/statuses$/, answer: createStatus },
]

/** Puts a deployment where the API will find it. Returns its number. */
export function seedDeployment(state: GitHubState, seed: DeploymentSeed): { id: number } {
  const created_at = stamp(seed.createdAt)
  const deployment = add(state, {
    repository: seed.repository,
    sha: seed.sha,
    ref: seed.ref ?? seed.sha,
    task: 'deploy',
    environment: seed.environment,
    description: seed.description ?? '',
    created_at,
  })
  if (seed.state !== undefined) addStatus(state, deployment, { state: seed.state, created_at })
  return { id: deployment.id }
}

function listDeployments({ request, state, repository }: RepositoryCall): FrontAnswer {
  const wanted = ['sha', 'ref', 'task', 'environment'] as const
  const found = state.deployments.filter(
    (deployment) =>
      deployment.repository === repository &&
      wanted.every((key) => [null, deployment[key]].includes(request.url.searchParams.get(key))),
  )
  const newestFirst = found.sort((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id)
  const page = paginate(request, newestFirst)
  return json(
    200,
    page.items.map((deployment) => format(state, deployment)),
    page.headers,
  )
}

async function createDeployment({ request, state, repository }: RepositoryCall): Promise<FrontAnswer> {
  const read = readBody(request)
  if ('refused' in read) return read.refused
  const ref = text(read.body['ref'], '')
  if (ref === '') return validationFailed({ resource: 'Deployment', code: 'missing_field', field: 'ref' })
  const commit = await state.api.get<{ sha: string }>(`/repos/${repository}/commits/${encodeURIComponent(ref)}`)
  if (commit === undefined) return problem(422, `No ref found for: ${ref}`)
  const deployment = add(state, {
    repository,
    sha: commit.sha,
    ref,
    task: text(read.body['task'], 'deploy'),
    environment: text(read.body['environment'], 'production'),
    description: text(read.body['description'], ''),
    created_at: stamp(state.now()),
  })
  return json(201, format(state, deployment))
}

function getDeployment(call: RepositoryCall): FrontAnswer {
  const deployment = find(call)
  return deployment === undefined ? notFound() : json(200, format(call.state, deployment))
}

function listStatuses(call: RepositoryCall): FrontAnswer {
  const deployment = find(call)
  if (deployment === undefined) return notFound()
  const page = paginate(call.request, deployment.statuses)
  return json(
    200,
    page.items.map((status) => formatStatus(call.state, deployment, status)),
    page.headers,
  )
}

function createStatus(call: RepositoryCall): FrontAnswer {
  const deployment = find(call)
  if (deployment === undefined) return notFound()
  const read = readBody(call.request)
  if ('refused' in read) return read.refused
  const { body } = read
  const wanted = states.find((state) => state === body['state'])
  if (wanted === undefined) return validationFailed({ resource: 'DeploymentStatus', code: 'invalid', field: 'state' })
  const status = addStatus(call.state, deployment, {
    state: wanted,
    description: text(body['description'], ''),
    environment_url: text(body['environment_url'], ''),
    log_url: text(body['log_url'], ''),
    created_at: stamp(call.state.now()),
  })
  return json(201, formatStatus(call.state, deployment, status))
}

function find({ state, repository, params }: RepositoryCall): Deployment | undefined {
  return state.deployments.find(({ id, repository: owner }) => owner === repository && id === Number(params[0]))
}

function add(state: GitHubState, deployment: Omit<Deployment, 'id' | 'statuses'>): Deployment {
  const added = { ...deployment, id: state.nextId(), statuses: [] }
  state.deployments.push(added)
  return added
}

function addStatus(
  state: GitHubState,
  deployment: Deployment,
  status: Partial<DeploymentStatus> & Pick<DeploymentStatus, 'state' | 'created_at'>,
): DeploymentStatus {
  const added = { id: state.nextId(), description: '', environment_url: '', log_url: '', ...status }
  deployment.statuses.unshift(added)
  return added
}

function format(state: GitHubState, { statuses, repository, ...deployment }: Deployment): object {
  const url = `${state.url}/repos/${repository}/deployments/${deployment.id}`
  return {
    ...deployment,
    url,
    original_environment: deployment.environment,
    payload: {},
    creator: { login: 'deployer[bot]', type: 'Bot' },
    updated_at: statuses[0]?.created_at ?? deployment.created_at,
    statuses_url: `${url}/statuses`,
    repository_url: `${state.url}/repos/${repository}`,
    transient_environment: false,
    production_environment: deployment.environment === 'production',
  }
}

function formatStatus(
  state: GitHubState,
  { repository, id, environment }: Deployment,
  status: DeploymentStatus,
): object {
  const url = `${state.url}/repos/${repository}/deployments/${id}`
  return {
    ...status,
    url: `${url}/statuses/${status.id}`,
    creator: { login: 'deployer[bot]', type: 'Bot' },
    environment,
    target_url: status.log_url,
    updated_at: status.created_at,
    deployment_url: url,
    repository_url: `${state.url}/repos/${repository}`,
  }
}
