import { cleanText } from './clean.ts'
import { GitHubError } from './errors.ts'

/** What octokit's error carries, as far as it is read here. */
export interface HttpFailure {
  status: number
  headers: Record<string, string | undefined>
  /** GitHub's own message. */
  said: string
}

/** How a failed call is told: what it was to do, with whose credentials, and how those are mended. */
export interface Asking {
  doing?: 'read' | 'write'
  name?: string
  mend?: string
}

/** Words an answer with an error status. GitHub's own text is quoted, cleaned and bounded. */
export function fromStatus({ status, headers, said }: HttpFailure, what: string, asking: Asking = {}): GitHubError {
  const {
    doing = 'read',
    name = 'GITHUB_TOKEN',
    mend = 'Put a valid token into GITHUB_TOKEN; it may have expired.',
  } = asking
  const quoted = cleanText(said, 160).replace(/\.$/, '')
  if (isRateLimit(status, headers, said)) return rateLimited(headers)
  switch (status) {
    case 401:
      return new GitHubError(
        'unauthorized',
        `GitHub does not accept ${name === 'GITHUB_TOKEN' ? 'the token' : name}.`,
        mend,
      )
    case 403:
      return new GitHubError(
        'forbidden',
        `${name.replace(/^the /, 'The ')} may not ${doing} ${what}: ${quoted || 'forbidden'}.`,
        doing === 'read'
          ? 'Give the token read access to contents and pull requests of this repository (and authorise it for single sign-on).'
          : 'Give it write access to contents, pull requests and issues of this repository, as far as it is to write them.',
      )
    case 404:
      return new GitHubError(
        'not-found',
        doing === 'read'
          ? `GitHub does not show ${what}: it does not exist or ${name} may not see it.`
          : `GitHub knows no place to write ${what}: it does not exist or ${name} may not write there.`,
        'Check the name, the revision and the access of the token.',
      )
    case 410:
      return new GitHubError(
        'invalid',
        `GitHub does not offer ${what}: ${quoted || 'gone'}.`,
        'Turn it on in the settings of the repository, or take another one.',
      )
    case 409:
    case 422:
      return new GitHubError(
        'invalid',
        `GitHub refused to ${doing} ${what}: ${quoted || status}.`,
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
export function fromNetwork(cause: unknown, host: string, doing: 'read' | 'write' = 'read'): GitHubError {
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
    doing === 'read' ? 'Check the network and GITHUB_API_URL.' : unclearHint,
    { cause },
  )
}

/** GitHub accepted a request and did not answer in time. */
export function timedOut(host: string, what: string, millis: number, doing: 'read' | 'write' = 'read'): GitHubError {
  return new GitHubError(
    'timeout',
    `GitHub at ${host} did not answer within ${Math.round(millis / 100) / 10} s when asked ${doing === 'read' ? 'for' : 'to write'} ${what}.`,
    doing === 'read' ? 'Try again, or ask for less: a path, a shorter time.' : unclearHint,
  )
}

/** What to do when nobody knows whether it was done: every write looks first, so it can be asked for again. */
const unclearHint = 'It may have been done all the same: call the tool again, it looks before it writes.'

/** Nothing says who asks. */
export function noToken(): GitHubError {
  return new GitHubError(
    'no-token',
    'GITHUB_TOKEN is not set.',
    'Set it to a token that may read contents and pull requests of the repositories in GITHUB_REPOS, or set GITHUB_APP_ID and a private key.',
  )
}

/** A write to a repository under its former name: reading follows a rename, writing does not. */
export function movedAway(repository: string): GitHubError {
  return new GitHubError(
    'not-allowed',
    `The repository ${repository} has another name on GitHub now, and nothing was written.`,
    'Put its new name into GITHUB_REPOS and ask again with it.',
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
