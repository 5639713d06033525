import { isObject, text, count } from './json.ts'
import type { KubernetesObject } from './json.ts'
import { objectKey } from './store.ts'
import { StatusError, badRequest } from './status.ts'

/** Where a page starts: the state it belongs to and the first key that may appear on it. */
export interface PageStart {
  revision: number
  start: string
}

export interface PageRequest {
  limit: number
  from: PageStart | undefined
}

/**
 * Reads `limit` and `continue`. `resourceVersion=0` answers from the watch cache, which ignores the limit: measured on
 * a real server (recordings/api/list-pods-rv0-limit.json).
 */
export function readPage(query: URLSearchParams, oldestRevision: number): PageRequest {
  const token = query.get('continue') ?? ''
  const limit = readLimit(query.get('limit') ?? '')
  const version = query.get('resourceVersion') ?? ''
  if (token === '') return { limit: version === '0' ? 0 : limit, from: undefined }
  if (version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const from = decodeContinue(token)
  if (from.revision < oldestRevision) throw expired(from)
  return { limit, from }
}

function readLimit(value: string): number {
  if (value === '') return 0
  const shown = JSON.stringify(value)
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${shown}: invalid syntax`)
  const parsed = BigInt(value)
  if (BigInt.asIntN(64, parsed) !== parsed) {
    throw badRequest(`strconv.ParseInt: parsing ${shown}: value out of range`)
  }
  return Math.max(0, Number(parsed))
}

/** The token of the page after `last`, in the format of the real server. */
export function encodeContinue(revision: number, last: string): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${last}\u0000` }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

/** Reads a token; throws the API's 400 for one that this format cannot hold. */
export function decodeContinue(token: string): PageStart {
  const broken = /[^A-Za-z0-9_-]/.exec(token)?.index ?? (token.length % 4 === 1 ? token.length - 1 : -1)
  if (broken >= 0) throw badToken(`illegal base64 data at input byte ${broken}`)
  const bytes = Buffer.from(token, 'base64url').toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(bytes)
  } catch {
    throw badToken(`invalid character ${goCharacter(bytes)} looking for beginning of value`)
  }
  if (!isObject(value) || text(value, 'v') !== 'meta.k8s.io/v1') {
    throw badToken(
      'server does not recognize this encoded version "v"'.replace(
        '"v"',
        `"${isObject(value) ? text(value, 'v') : ''}"`,
      ),
    )
  }
  const start = text(value, 'start')
  if (start === '') throw badToken('encoded continue key has no start')
  return { revision: count(value, 'rv'), start }
}

function goCharacter(bytes: string): string {
  return `'${String.fromCodePoint(bytes.codePointAt(0) ?? 0x20)}'`
}

function badToken(why: string): StatusError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

function expired(from: PageStart): StatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  const error = new StatusError(410, 'Expired', message)
  error.body['metadata'] = { continue: encodeContinue(-1, from.start.slice(0, -1)) }
  return error
}

/** The key under which an object pages: without the namespace when the request names one. */
export function pageKey(object: KubernetesObject, namespaced: boolean, style: 'cache' | 'storage'): string {
  const key = namespaced ? object.metadata.name : objectKey(object).replace(/^\//, '')
  return style === 'cache' ? `/${key}` : key
}
