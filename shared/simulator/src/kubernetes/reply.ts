import type { Json, JsonObject } from './json.ts'
import type { StatusError } from './status.ts'

/** An answer: the body comes in pieces, so that a list of any length never exists as one string. */
export interface Reply {
  status: number
  contentType: string
  headers?: Record<string, string>
  body: Iterable<string> | AsyncIterable<string>
}

export function jsonReply(value: Json, status = 200, contentType = 'application/json'): Reply {
  return { status, contentType, body: [`${JSON.stringify(value)}\n`] }
}

export function textReply(body: string, status = 200, contentType = 'text/plain; charset=utf-8'): Reply {
  return { status, contentType, body: [body] }
}

export function errorReply(error: StatusError): Reply {
  const headers = error.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(error.retryAfterSeconds) }
  return { ...jsonReply(error.body, error.code), headers }
}

/** `{…head, [field]: […]}`, where the elements are made one at a time. */
export function* listBody(head: JsonObject, field: string, elements: Iterable<Json>): Iterable<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(field)}:[`
  let separator = ''
  for (const element of elements) {
    yield separator + JSON.stringify(element)
    separator = ','
  }
  yield ']}\n'
}
