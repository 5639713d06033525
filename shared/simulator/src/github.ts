import { randomUUID } from 'node:crypto'
import type { Fault } from './front/faults.ts'
import { startFront, type FrontAnswer, type FrontRequest, type RequestRecord, type Service } from './front/front.ts'
import { passHeaders, startUpstream, type SeedConfig, type Upstream } from './front/upstream.ts'
import { rewordError } from './github/answers.ts'
import { createApi } from './github/api.ts'
import { createAppAuth, type AppSeed } from './github/app.ts'
import { hidePrivate, refuse, tokenOf } from './github/auth.ts'
import { writeCommit, type CommitOptions } from './github/commit.ts'
import { conditional } from './github/conditional.ts'
import { deploymentRoutes, seedDeployment, type DeploymentSeed } from './github/deployments.ts'
import { historyRoutes, type HistorySeed } from './github/history.ts'
import { answerFromStorage } from './github/log-storage.ts'
import { labelRaw } from './github/media.ts'
import { mergeRoutes } from './github/merge.ts'
import { pullRoutes } from './github/pulls.ts'
import { createRenames, type Renames } from './github/renames.ts'
import { route } from './github/routes.ts'
import { runRoutes, seedRun, type RunSeed } from './github/runs.ts'
import { seedMergedPull, type MergedPullSeed } from './github/seed-pull.ts'
import { createState, type GitHubState } from './github/state.ts'
import { statusRoutes } from './github/statuses.ts'

export type { Fault } from './front/faults.ts'

/** A repository to start with. It is empty: the first commit makes its `main` branch. */
export interface Repository {
  owner: string
  name: string
  private?: boolean
  /** A long history that is generated when it is asked for; then nothing can be written to it. */
  history?: HistorySeed
}

/** What to start. */
export interface GitHubOptions {
  repositories: Repository[]
  /** The only token that is accepted. */
  token?: string
  /** A GitHub App that may act as well. */
  app?: AppSeed
  /** The date of what the API itself creates; the wall clock when left out. Issues and pull requests keep the wall clock. */
  now?: () => number
  /** Any free one when left out. */
  port?: number
}

/** A GitHub API on loopback. `repository` is always `owner/name`; dates are ISO. */
export interface GitHubStandIn {
  /** The base URL for a client: the API root. */
  url: string
  token: string
  /** Every request that came through the front, oldest first; status 0 where no answer was sent. */
  requests: RequestRecord[]
  /** Failures to inject; push and remove at will. */
  faults: Fault[]
  /** Writes one commit that changes all its files at once. */
  commit: (options: CommitOptions) => Promise<{ sha: string }>
  /** Writes, opens and merges a pull request; `sha` is the commit that reached `main`. */
  mergedPull: (seed: MergedPullSeed) => Promise<{ number: number; sha: string; headSha: string }>
  /** Adds a workflow run. */
  seedRun: (seed: RunSeed) => { id: number }
  /** Adds a deployment, with one status if the seed has a state. */
  seedDeployment: (seed: DeploymentSeed) => { id: number }
  /** Calls a repository otherwise from now on: its old name redirects by its id. */
  rename: (from: string, to: string) => void
  close: () => Promise<void>
}

const ownRoutes = [...pullRoutes, ...mergeRoutes, ...deploymentRoutes, ...statusRoutes, ...runRoutes]
const login = 'kubevigil-bot'

/** Starts a GitHub stand-in: the emulator's GitHub with a front that adds what it lacks. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubStandIn> {
  const token = options.token ?? 'ghp_kubevigil_stand_in'
  const front = await startFront({
    ...(options.port === undefined ? {} : { port: options.port }),
    open: async (url) => {
      const ownToken = randomUUID()
      const seed = seedOf(options.repositories, [token, ownToken])
      const upstream = await startUpstream({ service: 'github', baseUrl: url, seed })
      const state = createState({ url, api: createApi(upstream, url, ownToken), now: options.now ?? Date.now })
      return createService(upstream, state, { ...options, token })
    },
  })
  const { state, renames } = front.service
  return {
    url: front.url,
    token,
    requests: front.requests,
    faults: front.faults,
    commit: (commit) => writeCommit(state.api, commit),
    mergedPull: (seed) => seedMergedPull(state, seed),
    seedRun: (seed) => seedRun(state, seed),
    seedDeployment: (seed) => seedDeployment(state, seed),
    rename: (from, to) => renames.rename(from, to),
    close: front.close,
  }
}

function createService(
  upstream: Upstream,
  state: GitHubState,
  { repositories, app: seed, token }: GitHubOptions & { token: string },
): Service & { state: GitHubState; renames: Renames } {
  const histories = repositories.flatMap(({ owner, name, history }): [string, HistorySeed][] =>
    history === undefined ? [] : [[`${owner}/${name}`, history]],
  )
  const routes = [...historyRoutes(new Map(histories)), ...ownRoutes]
  const app = createAppAuth(seed, state.now)
  const renames = createRenames(state.url)

  async function handle(received: FrontRequest): Promise<FrontAnswer> {
    const fromOutside = answerFromStorage(received, state) ?? app.answer(received)
    if (fromOutside !== undefined) return fromOutside
    const refused = refuse(received, (known) => known === token || app.gave(known))
    if (refused !== undefined) return refused
    const moved = renames.redirect(received)
    if (moved !== undefined) return moved
    const request = asUser(renames.inward(received))
    const answer = renames.outward(await respond(request))
    return conditional(request, labelRaw(request, hidePrivate(request, rewordError(answer))))
  }

  /** The emulator knows the one token only: what an installation was given stands for it. */
  function asUser(request: FrontRequest): FrontRequest {
    const given = tokenOf(request)
    if (given === undefined || !app.gave(given)) return request
    return { ...request, headers: { ...request.headers, authorization: `token ${token}` } }
  }

  async function respond(request: FrontRequest): Promise<FrontAnswer> {
    const own = route(routes, request, state)
    if (own === undefined) return pass(request)
    const seen = await whoMay(request)
    if (seen.status !== 200) return seen
    const answer = await own()
    return { ...answer, headers: { ...answer.headers, ...rateLimit(seen) } }
  }

  function pass({ method, path, headers, body }: FrontRequest): Promise<FrontAnswer> {
    return upstream.call(method, path, { headers: passHeaders(headers), body })
  }

  /** Asks the emulator for the repository as the caller: it knows who may see it, and counts the request. */
  function whoMay({ url, headers: { authorization } }: FrontRequest): Promise<FrontAnswer> {
    const repository = url.pathname.split('/').slice(0, 4).join('/')
    return upstream.call('GET', repository, { headers: authorization === undefined ? {} : { authorization } })
  }

  return { handle, close: upstream.close, state, renames }
}

function rateLimit({ headers }: FrontAnswer): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-ratelimit-')))
}

/** Every owner is an organisation with the token's user in it, so that one token sees them all. */
function seedOf(repositories: Repository[], tokens: string[]): SeedConfig {
  const owners = [...new Set(repositories.map(({ owner }) => owner))]
  return {
    tokens: Object.fromEntries(tokens.map((token) => [token, { login, scopes: ['repo', 'read:org', 'workflow'] }])),
    github: {
      users: [{ login, name: 'Kubevigil', email: 'kubevigil@example.com' }],
      orgs: owners.map((owner) => ({ login: owner, members: [{ login, role: 'admin' }] })),
      repos: repositories.map(({ owner, name, private: isPrivate = false }) => ({
        owner,
        name,
        private: isPrivate,
        default_branch: 'main',
        auto_init: false,
      })),
    },
  }
}
