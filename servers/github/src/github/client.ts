import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '@kubevigil/mcp-kit/log'
import type { Octokit } from '@octokit/rest'
import type { z } from 'zod'
import { fromNetwork, fromStatus, GitHubError, isRateLimit, malformed, timedOut, type HttpFailure } from './errors.ts'

/** One tool call's conversation with GitHub. */
export interface Session {
  /** Ends every request of the call. */
  signal: AbortSignal
  /** Requests sent so far, repeated ones included. */
  calls: number
}

export interface GitHubClient {
  /** The host, for texts. */
  host: string
  /**
   * Reads one page.
   * @param route octokit's form, such as `GET /repos/{owner}/{repo}/commits`
   * @param what for error texts, such as `the commits of acme/deploy`
   * @throws GitHubError
   */
  get: <S extends z.ZodType>(
    request: { route: string; params: Record<string, unknown>; schema: S; what: string },
    session: Session,
  ) => Promise<{ data: z.output<S>; hasMore: boolean }>
}

/** Pauses before the second and the third attempt, in milliseconds. */
const pauses = [250, 1000]
/** Longest Retry-After that is waited for; a longer one is told to the user. */
const longestWait = 3000

/** Makes a client. It loads octokit and touches the network on its first request only. */
export function createClient(options: {
  token: string | undefined
  apiUrl: string
  /** Longest one request may take with its repetitions, in milliseconds. */
  timeoutMs: number
}): GitHubClient {
  const host = new URL(options.apiUrl).host
  let loading: Promise<Octokit> | undefined

  async function octokit(): Promise<Octokit> {
    if (options.token === undefined) {
      throw new GitHubError(
        'no-token',
        'GITHUB_TOKEN is not set.',
        'Set it to a token that may read contents and pull requests of the repositories in GITHUB_REPOS.',
      )
    }
    loading ??= load(options.token, options.apiUrl)
    return loading
  }

  return {
    host,
    async get({ route, params, schema, what }, session) {
      const kit = await octokit()
      const deadline = AbortSignal.timeout(options.timeoutMs)
      const signal = AbortSignal.any([session.signal, deadline])
      for (let attempt = 0; ; attempt += 1) {
        session.calls += 1
        try {
          const answer = await kit.request(route, { ...params, request: { signal } })
          const parsed = schema.safeParse(answer.data)
          if (!parsed.success) throw malformed(host, what)
          return { data: parsed.data, hasMore: /rel="next"/.test(answer.headers.link ?? '') }
        } catch (error) {
          session.signal.throwIfAborted()
          if (deadline.aborted) throw timedOut(host, what, options.timeoutMs)
          if (error instanceof GitHubError) throw error
          const failure = httpFailure(error)
          const pause = pauseBefore(attempt, failure)
          if (pause === undefined) throw failure === undefined ? fromNetwork(error, host) : fromStatus(failure, what)
          await sleep(pause, undefined, { signal }).catch(() => {
            session.signal.throwIfAborted()
            throw failure === undefined ? fromNetwork(error, host) : fromStatus(failure, what)
          })
        }
      }
    },
  }
}

async function load(token: string, apiUrl: string): Promise<Octokit> {
  const module = await import('@octokit/rest')
  return new module.Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'kubevigil',
    log: { debug: () => {}, info: () => {}, warn: note, error: note },
  })
}

function note(message: string): void {
  log('debug', 'Octokit', { message })
}

/** How long to wait before trying again; undefined when it is of no use. */
function pauseBefore(attempt: number, failure: HttpFailure | undefined): number | undefined {
  const pause = pauses[attempt]
  if (pause === undefined) return undefined
  if (failure === undefined) return pause
  const { status, headers, said } = failure
  if (isRateLimit(status, headers, said)) {
    const asked = Number(headers['retry-after']) * 1000
    return asked >= 0 && asked <= longestWait ? Math.max(asked, pause) : undefined
  }
  return status >= 500 ? pause : undefined
}

/** The HTTP answer inside octokit's error; undefined for a failure below HTTP, which octokit dresses up as a 500. */
function httpFailure(error: unknown): HttpFailure | undefined {
  const { response } = error as {
    response?: { status: number; headers: Record<string, string | undefined>; data: unknown }
  }
  if (response === undefined) return undefined
  const message = (response.data as { message?: unknown } | null)?.message
  return { status: response.status, headers: response.headers, said: typeof message === 'string' ? message : '' }
}
