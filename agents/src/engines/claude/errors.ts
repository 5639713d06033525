import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'

/** What the SDK's errors carry, whichever client threw them. */
const ApiError = z.object({
  status: z.number().optional(),
  headers: z.instanceof(Headers).optional(),
  // A gateway may write anything into its header.
  requestID: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullish()
    .catch(undefined),
})

/** A failed request, as the loop has to know it. */
export interface Failure {
  error: UserError
  /** Milliseconds to wait before the same request may succeed; null when it will not. */
  retryAfterMs: number | null
}

const advice: Record<number, { code: string; what: string; hint: string }> = {
  400: { code: 'claude-request', what: 'refused the request', hint: 'Check the model names and the gateway.' },
  401: { code: 'claude-key', what: 'refused the key', hint: 'Check ANTHROPIC_API_KEY.' },
  403: { code: 'claude-forbidden', what: 'does not allow this', hint: 'Check what the key may do.' },
  404: {
    code: 'claude-model',
    what: 'does not know the model or the address',
    hint: 'Check the model names and ANTHROPIC_BASE_URL.',
  },
  429: { code: 'claude-rate-limit', what: 'has its rate limit reached', hint: 'It is tried again in the next cycle.' },
  529: { code: 'claude-overloaded', what: 'is overloaded', hint: 'It is tried again in the next cycle.' },
}

/**
 * Says in a sentence what became of a request. Bodies of error answers stay out: a gateway may put anything there.
 * @param signal the one the request ran under, to tell the driver's own stop from the network's
 */
export function explainFailure(cause: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return final('claude-stopped', 'Claude was stopped in the middle.', '', cause)
  if (cause instanceof UserError) return { error: cause, retryAfterMs: null }
  if (cause instanceof SyntaxError) return notClaude(cause)
  // The SDK's classes are told by name: to import them would load it.
  if (cause instanceof Error && cause.constructor.name === 'APIConnectionTimeoutError')
    return final('claude-timeout', 'Claude did not answer in time.', 'Check the network and ANTHROPIC_BASE_URL.', cause)
  const parsed = ApiError.safeParse(cause)
  if (!parsed.success) return final('claude-fault', 'Claude could not be asked.', 'The driver has a fault.', cause)
  const { status, headers, requestID } = parsed.data
  if (status === undefined) {
    const error = new UserError(
      'claude-unreachable',
      'Claude could not be reached.',
      'Check the network, the proxy and ANTHROPIC_BASE_URL.',
      { cause },
    )
    return { error, retryAfterMs: 500 }
  }
  const known =
    advice[status] ??
    (status >= 500
      ? { code: 'claude-server', what: 'had an error of its own', hint: 'It is tried again in the next cycle.' }
      : advice[400]!)
  const reference = requestID === undefined || requestID === null ? '' : `, request ${requestID}`
  const error = new UserError(known.code, `The Claude API ${known.what} (${status}${reference}).`, known.hint, {
    cause,
  })
  return { error, retryAfterMs: status === 429 || status >= 500 ? waitOf(headers) : null }
}

/** An answer that is no message: a login page, a proxy's error, half a document. */
export function notClaude(cause?: unknown): Failure {
  return final(
    'claude-answer',
    'What answered is not the Claude API: its answer is no message.',
    'Check ANTHROPIC_BASE_URL and the proxy.',
    cause,
  )
}

function final(code: string, message: string, hint: string, cause: unknown): Failure {
  return { error: new UserError(code, message, hint, { cause }), retryAfterMs: null }
}

/** What `retry-after` asks for, in seconds or as a date; a second without it. */
function waitOf(headers: Headers | undefined): number {
  const asked = headers?.get('retry-after') ?? ''
  if (asked === '') return 1000
  const seconds = Number(asked)
  if (!Number.isNaN(seconds)) return seconds * 1000
  const until = Date.parse(asked)
  return Number.isNaN(until) ? 1000 : until - Date.now()
}
