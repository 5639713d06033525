import type { JsonObject } from './json.ts'

/** The group and plural of a resource, as error texts name it: `deployments.apps`. */
export interface Qualified {
  group: string
  resource: string
}

export interface StatusCause extends JsonObject {
  reason: string
  message: string
  field?: string
}

/** A failed request: carries the `Status` body that the API answers with. */
export class StatusError extends Error {
  readonly body: JsonObject
  readonly code: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: number, reason: string, message: string, details?: JsonObject, retryAfterSeconds?: number) {
    super(message)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

/** `deployments.apps`, or `pods` for the core group. */
export function qualifiedName(of: Qualified): string {
  return of.group === '' ? of.resource : `${of.resource}.${of.group}`
}

function detailsOf(of: Qualified, name: string): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(of.group === '' ? {} : { group: of.group }), kind: of.resource }
}

/** 400 with the given message and no details, as the API words errors of syntax. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

export function notFound(of: Qualified, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(of)} "${name}" not found`, detailsOf(of, name))
}

/** The group and version exist, the resource does not. */
export function unknownResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return new StatusError(405, 'MethodNotAllowed', message, {})
}

export function alreadyExists(of: Qualified, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualifiedName(of)} "${name}" already exists`, detailsOf(of, name))
}

export function conflict(of: Qualified, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(of)} "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, detailsOf(of, name))
}

export function unsupportedMediaType(): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
}

/** The request was understood and failed in a way that has no field to point at, such as a JSON patch test. */
export function unprocessable(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** 422: the object breaks a rule. `kind` is qualified as `Deployment.apps`; every cause names its field. */
export function invalid(kind: string, group: string, name: string, causes: StatusCause[]): StatusError {
  const texts = causes.map((cause) => `${cause.field ?? ''}: ${cause.message}`)
  const list = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
  const subject = group === '' ? kind : `${kind}.${group}`
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind, causes }
  return new StatusError(422, 'Invalid', `${subject} "${name}" is invalid: ${list}`, details)
}

/** 403 as the authorizer words it; `why` starts with `User "…" cannot …`. */
export function forbidden(of: Qualified | undefined, name: string, why: string): StatusError {
  if (of === undefined) return new StatusError(403, 'Forbidden', `forbidden: ${why}`, {})
  const subject = name === '' ? qualifiedName(of) : `${qualifiedName(of)} "${name}"`
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, detailsOf(of, name))
}
