import type { FrontAnswer } from '../front/front.ts'

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}

/** An error as the API words it. */
export function problem(status: number, message: string, headers: Record<string, string> = {}): FrontAnswer {
  const error = { type: types[status] ?? 'api_error', message }
  return {
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_000001', ...headers },
    body: JSON.stringify({ type: 'error', error, request_id: 'req_000001' }),
  }
}

/** A login page or a proxy's own words, with the status of success. */
export function webPage(): FrontAnswer {
  const body = '<!doctype html><title>Sign in</title><p>Please sign in to your network.</p>'
  return { status: 200, headers: { 'content-type': 'text/html' }, body }
}

/** The first half of an answer, as a proxy leaves it that gave up in the middle. */
export function cutOff(answer: FrontAnswer): FrontAnswer {
  const body = answer.body.toString()
  return { ...answer, body: body.slice(0, body.length / 2) }
}
