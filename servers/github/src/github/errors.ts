import type { Coverage } from '@kubevigil/core/observe'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'

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

/** Whether something was asked to be done and may have been, although the answer does not say so: look before asking again. */
export function isUnclear({ failure }: GitHubError): boolean {
  return failure === 'timeout' || failure === 'unreachable' || failure === 'server' || failure === 'malformed'
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
