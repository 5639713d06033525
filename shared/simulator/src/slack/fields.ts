import type { FrontRequest } from '../front/front.ts'

/** The arguments of a method call. Values are as they came: structures may be JSON text. */
export type Fields = Record<string, unknown>

/** Reads the arguments from the query, a form body or a JSON body. A body that is no JSON object has none. */
export function readFields(request: FrontRequest): Fields {
  const query = Object.fromEntries(request.url.searchParams)
  const text = request.body.toString()
  if (!(request.headers['content-type'] ?? '').includes('json')) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
  }
  const body = parseJson(text)
  return typeof body === 'object' && body !== null ? { ...query, ...body } : query
}

/** An argument as text; empty when it is missing or a structure. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** An argument as a yes or no. */
export function flagOf(fields: Fields, name: string): boolean {
  return ['true', '1'].includes(String(fields[name]))
}

/** A structured argument, parsed if it came as text; undefined when it is missing, empty, or no JSON. */
export function structureOf(fields: Fields, name: string): unknown {
  const value = fields[name]
  return typeof value === 'string' ? parseJson(value) : value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
