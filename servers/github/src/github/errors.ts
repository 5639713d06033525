import type { Coverage } from '@kubevigil/core/observe'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { cleanText } from './clean.ts'

export type GitHubFailure =
  | 'no-token'
  | 'not-allowed'
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limited'
  | 'not-found'
  | 'invalid'
  | 'server'
  | 'unreachable'
  | 'timeout'
  | 'malformed'

/** A call to GitHub that failed, worded for the user. `failure` tells a caller what it may do about it. */
export class GitHubError extends UserError {
  readonly failure: GitHubFailure

  constructor(failure: GitHubFailure, message: string, hint: string, options?: ErrorOptions) {
    super(`github-${failure}`, message, hint, options)
    this.failure = failure
  }
}

/** What octokit's error carries, as far as it is read here. */
export interface HttpFailure {
  status: number
  headers: Record<string, string | undefined>
  /** GitHub's own message. */
  said: string
}

/** Failures after which the next call would fail the same way. */
const lasting: ReadonlySet<GitHubFailure> = new Set([
  'no-token',
  'unauthorized',
  'rate-limited',
  'unreachable',
  'timeout',
])

/** Whether there is no point in asking GitHub anything else now. */
export function isLasting(error: GitHubError): boolean {
  return lasting.has(error.failure)
}

/** Whether GitHub answered that it does not know what it was asked for. */
export function isUnknown({ failure }: GitHubError): boolean {
  return failure === 'not-found' || failure === 'invalid'
}

/** Words an answer with an error status. GitHub's own text is quoted, cleaned and bounded. */
export function fromStatus({ status, headers, said }: HttpFailure, what: string): GitHubError {
  const quoted = cleanText(said, 160).replace(/\.$/, '')
  if (isRateLimit(status, headers, said)) return rateLimited(headers)
  switch (status) {
    case 401:
      return new GitHubError(
        'unauthorized',
        'GitHub does not accept the token.',
        'Put a valid token into GITHUB_TOKEN; it may have expired.',
      )
    case 403:
      return new GitHubError(
        'forbidden',
        `GITHUB_TOKEN may not read ${what}: ${quoted || 'forbidden'}.`,
        'Give the token read access to contents and pull requests of this repository (and authorise it for single sign-on).',
      )
    case 404:
      return new GitHubError(
        'not-found',
        `GitHub does not show ${what}: it does not exist or GITHUB_TOKEN may not see it.`,
        'Check the name, the revision and the access of the token.',
      )
    case 409:
    case 422:
      return new GitHubError(
        'invalid',
        `GitHub refused to read ${what}: ${quoted || status}.`,
        'Check the revision and the path.',
      )
    default:
      return new GitHubError(
        'server',
        `GitHub answered ${status} for ${what}${quoted === '' ? '' : `: ${quoted}`}.`,
        'Try again; if it lasts, see githubstatus.com.',
      )
  }
}

/** Words a failure below HTTP. */
export function fromNetwork(cause: unknown, host: string): GitHubError {
  const code = codeOf(cause)
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'the connection is refused',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
    ENOTFOUND: 'its name does not resolve',
    EAI_AGAIN: 'its name does not resolve',
  }
  const reason = reasons[code] ?? (code === '' ? 'the network failed' : code)
  return new GitHubError(
    'unreachable',
    `GitHub at ${host} cannot be reached: ${reason}.`,
    'Check the network and GITHUB_API_URL.',
    { cause },
  )
}

/** GitHub accepted a request and did not answer in time. */
export function timedOut(host: string, what: string, millis: number): GitHubError {
  return new GitHubError(
    'timeout',
    `GitHub at ${host} did not answer within ${Math.round(millis / 100) / 10} s when asked for ${what}.`,
    'Try again, or ask for less: a path, a shorter time.',
  )
}

/** A 200 whose body is not what the API promises: a proxy's page, a cut answer. */
export function malformed(host: string, what: string): GitHubError {
  return new GitHubError(
    'malformed',
    `What ${host} answered for ${what} is not GitHub's format.`,
    'Check that GITHUB_API_URL is the API root and that no proxy answers instead.',
  )
}

/** GitHub limits with 429, or with 403 and a header or a message that says so. */
export function isRateLimit(status: number, headers: HttpFailure['headers'], said: string): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0' || /rate limit/i.test(said)
}

/** How a failed source stands in an answer's coverage. */
export function failedCoverage(source: string, error: GitHubError): Coverage {
  const statuses: Partial<Record<GitHubFailure, Coverage['status']>> = {
    'no-token': 'forbidden',
    'not-allowed': 'forbidden',
    unauthorized: 'forbidden',
    forbidden: 'forbidden',
    timeout: 'timeout',
  }
  return { source, status: statuses[error.failure] ?? 'error', detail: describeError(error).slice(0, 400) }
}

function rateLimited(headers: HttpFailure['headers']): GitHubError {
  const retryAfter = Number(headers['retry-after'])
  const reset = Number(headers['x-ratelimit-reset'])
  const when =
    Number.isFinite(retryAfter) && retryAfter > 0
      ? `in ${retryAfter} s`
      : Number.isFinite(reset) && reset > 0
        ? `after ${new Date(reset * 1000).toISOString().slice(0, 19)}Z`
        : 'in a few minutes'
  return new GitHubError('rate-limited', 'GitHub limits the rate of this token for now.', `Try again ${when}.`)
}

function codeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as NodeJS.ErrnoException
    if (typeof code === 'string') return code
  }
  return ''
}
