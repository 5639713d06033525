import type { FrontAnswer, FrontRequest } from '../front/front.ts'
import { problem } from './answers.ts'
import type { GitHubState } from './state.ts'

/** A request to a repository, taken apart. */
export interface RepositoryCall {
  request: FrontRequest
  state: GitHubState
  /** `owner/name` as the path spells it. */
  repository: string
  /** What the route's expression captured, decoded. */
  params: string[]
}

/** An answer of the stand-in's own. `path` is tried on what follows `/repos/{owner}/{name}`. */
export interface Route {
  method: string
  path: RegExp
  /** Whether it is for a repository (`owner/name`); for all when left out. */
  of?: (repository: string) => boolean
  answer: (call: RepositoryCall) => Promise<FrontAnswer> | FrontAnswer
}

/** Finds the route for a request; undefined leaves it to the emulator. */
export function route(
  routes: Route[],
  request: FrontRequest,
  state: GitHubState,
): (() => Promise<FrontAnswer>) | undefined {
  const [, repository = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)$/.exec(request.url.pathname) ?? []
  for (const candidate of routes) {
    const found = request.method === candidate.method ? candidate.path.exec(rest) : null
    if (found === null || candidate.of?.(repository) === false) continue
    const params = found.slice(1).map((param) => decodeURIComponent(param))
    return async () => candidate.answer({ request, state, repository, params })
  }
  return undefined
}

/** The JSON object in a request's body, `{}` when there is none; an answer when it is not JSON. */
export function readBody(request: FrontRequest): { body: Record<string, unknown> } | { refused: FrontAnswer } {
  if (request.body.length === 0) return { body: {} }
  try {
    const value: unknown = JSON.parse(request.body.toString())
    if (typeof value === 'object' && value !== null) return { body: value as Record<string, unknown> }
  } catch {
    // Told below, as GitHub tells it.
  }
  return { refused: problem(400, 'Problems parsing JSON') }
}

/** A field of a body as a string, or the fallback when it is missing or something else. */
export function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
