import { decodeProtobuf } from './protobuf.ts'
import { goJsonError } from './go-json.ts'
import { isObject, text, type Json, type JsonObject } from './json.ts'
import type { ApiRequest } from './request.ts'
import { groupVersionOf } from './resources.ts'
import { badRequest, unsupportedMediaType } from './status.ts'

export type PatchType = 'json' | 'merge' | 'strategic'

const patchTypes: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

/** The media type of the body, without parameters. */
function mediaType(request: ApiRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** How the body patches; 415 for a type the server does not know, and for server-side apply, which is not simulated. */
export function patchTypeOf(request: ApiRequest): PatchType {
  const found = patchTypes[mediaType(request)]
  if (found === undefined) throw unsupportedMediaType()
  return found
}

/** The patch document. */
export function readPatch(request: ApiRequest): Json {
  const body = request.body.toString('utf8')
  try {
    return JSON.parse(body) as Json
  } catch {
    throw badRequest(`error decoding patch: ${goJsonError(body)}`)
  }
}

/**
 * The object of a write. Words bad JSON as the server does; of protobuf it reads only the kinds of protobuf.ts, and YAML
 * not at all, where a real server would.
 */
export function readObject(
  request: ApiRequest,
  expected: { kind: string; group: string; version: string },
): JsonObject {
  const type = mediaType(request)
  if (type === 'application/vnd.kubernetes.protobuf') {
    const decoded = decodeProtobuf(request.body)
    if (decoded === undefined) throw unsupportedMediaType()
    return checkKind(decoded, expected)
  }
  if (type !== '' && type !== 'application/json') throw unsupportedMediaType()
  const body = request.body.toString('utf8')
  const unrecognized = `the object provided is unrecognized (must be of type ${expected.kind})`
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    const why = `couldn't get version/kind; json parse error: ${goJsonError(body)}`
    throw badRequest(`${unrecognized}: ${why} (${summary(request.body)})`)
  }
  if (!isObject(value)) {
    const why = "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct"
    throw badRequest(`${unrecognized}: ${why} (${summary(request.body)})`)
  }
  return checkKind(value, expected)
}

function checkKind(value: JsonObject, expected: { kind: string; group: string; version: string }): JsonObject {
  const [kind, apiVersion] = [text(value, 'kind'), text(value, 'apiVersion')]
  if (kind !== '' && kind !== expected.kind) {
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${expected.kind}`)
  }
  // Options may come under any group's version.
  const wanted = expected.kind === 'DeleteOptions' ? apiVersion : groupVersionOf(expected)
  if (apiVersion !== '' && apiVersion !== wanted) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
  return value
}

/** A body that may be missing, such as the options of a DELETE. */
export function readOptions(request: ApiRequest): JsonObject {
  if (request.body.length === 0) return {}
  return readObject(request, { kind: 'DeleteOptions', group: '', version: 'v1' })
}

/** The start of a body for an error text: as it is when it looks like JSON, else in hexadecimal. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>'
  const shown = body.subarray(0, 30)
  const start = body[0] === '{'.charCodeAt(0) ? shown.toString('utf8') : shown.toString('hex')
  return body.length > 30 ? `${start} ...` : start
}
