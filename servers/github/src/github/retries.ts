import { isRateLimit, type HttpFailure } from './wording.ts'

/** Pauses before the second and the third attempt, in milliseconds. */
const pauses = [250, 1000]
/** Longest Retry-After that is waited for; a longer one is told to the user. */
const longestWait = 3000

/**
 * How long to wait before asking again, in milliseconds; undefined when it is of no use.
 * @param failure undefined for a failure below HTTP
 * @param doing a write is only repeated when GitHub refused it for its rate: anything else may have been done
 */
export function pauseBefore(
  attempt: number,
  failure: HttpFailure | undefined,
  doing: 'read' | 'write',
): number | undefined {
  const pause = pauses[attempt]
  if (pause === undefined) return undefined
  if (failure !== undefined && isRateLimit(failure.status, failure.headers, failure.said)) {
    const asked = Number(failure.headers['retry-after']) * 1000
    return asked >= 0 && asked <= longestWait ? Math.max(asked, pause) : undefined
  }
  if (doing === 'write') return undefined
  return failure === undefined || failure.status >= 500 ? pause : undefined
}

/** The HTTP answer inside octokit's error; undefined for a failure below HTTP, which octokit dresses up as a 500. */
export function httpFailure(error: unknown): HttpFailure | undefined {
  const { response } = error as {
    response?: { status: number; headers: Record<string, string | undefined>; data: unknown }
  }
  if (response === undefined) return undefined
  return { status: response.status, headers: response.headers, said: saidIn(response.data) }
}

/** GitHub's message with the details of a refused field behind it: `Validation Failed: Draft pull requests are not supported`. */
function saidIn(data: unknown): string {
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown }
  const details = (Array.isArray(errors) ? errors : []).flatMap((error: unknown) => {
    const detail = typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message
    return typeof detail === 'string' ? [detail] : []
  })
  return [...(typeof message === 'string' ? [message] : []), ...details].join(': ')
}
