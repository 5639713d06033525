import type { IncomingMessage } from 'node:http'
import { StatusError } from './status.ts'

/** A request as the API understands it: who asks is not part of it. */
export interface ApiRequest {
  method: string
  /** The path as sent, without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
  /** Set when the path names a resource. */
  target: Target | undefined
}

/** What a resource path names. An empty name means the collection; an empty namespace means all of them. */
export interface Target {
  group: string
  version: string
  namespace: string
  resource: string
  name: string
  subresource: string
}

/** Subresources of namespaces themselves: every other word after a namespace's name is a resource inside it. */
const namespaceSubresources = new Set(['status', 'finalize'])

/** Reads method, path, query and target from what node:http received. Throws 400 for a path that is not percent-encoded well. */
export function readRequest(incoming: IncomingMessage, body: Buffer): ApiRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  return { method: incoming.method ?? 'GET', path, query, headers: incoming.headers, body, target: readTarget(path) }
}

/** The target of `/api/v1/…` and `/apis/GROUP/VERSION/…`, or undefined for every other path. */
export function readTarget(path: string): Target | undefined {
  const segments = path.split('/').slice(1).map(decode)
  if (segments.at(-1) === '') segments.pop()
  const core = segments[0] === 'api'
  if (!core && segments[0] !== 'apis') return undefined
  const [group = '', version = '', ...rest] = core ? ['', ...segments.slice(1)] : segments.slice(1)
  if (rest.length === 0) return undefined
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')
  const namespace = inNamespace ? (rest[1] ?? '') : ''
  const [resource = '', name = '', ...subresource] = inNamespace ? rest.slice(2) : rest
  return { group, version, namespace, resource, name, subresource: subresource.join('/') }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new StatusError(400, 'BadRequest', `invalid URL escape in "${segment}"`)
  }
}

/** The verb that access rules name: get, list, watch, create, update, patch, delete, deletecollection. */
export function verbOf(request: ApiRequest): string {
  const named = request.target !== undefined && request.target.name !== ''
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (request.target === undefined || named) return 'get'
      return isWatch(request) ? 'watch' : 'list'
    case 'DELETE':
      return named || request.target === undefined ? 'delete' : 'deletecollection'
    default:
      return { POST: 'create', PUT: 'update', PATCH: 'patch' }[request.method] ?? request.method.toLowerCase()
  }
}

export function isWatch(request: ApiRequest): boolean {
  return isTrue(request.query.get('watch'))
}

/** A boolean parameter, as Go's ParseBool reads it; a bare `?watch` counts as true. */
export function isTrue(value: string | null): boolean {
  return value !== null && ['', '1', 't', 'true'].includes(value.toLowerCase())
}

/** True for `dryRun=All`, the only value there is. */
export function isDryRun(query: URLSearchParams): boolean {
  return query.getAll('dryRun').includes('All')
}
