/** What JSON can hold; `undefined` stands for a field that is left out. */
export type Json = string | number | boolean | null | Json[] | JsonObject

export interface JsonObject {
  [field: string]: Json | undefined
}

/** The part of `metadata` the simulator itself reads; all other fields pass through untouched. */
export interface Metadata extends JsonObject {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
}

export interface KubernetesObject extends JsonObject {
  apiVersion?: string
  kind?: string
  metadata: Metadata
}

/** True for a plain JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of field names, or undefined where the path ends early. */
export function field(value: Json | undefined, ...path: string[]): Json | undefined {
  let current = value
  for (const step of path) {
    if (!isObject(current)) return undefined
    current = current[step]
  }
  return current
}

/** The string at a path, or '' when there is none. */
export function text(value: Json | undefined, ...path: string[]): string {
  const found = field(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** A scalar as text: '' for what is absent or null, JSON for lists and objects. */
export function scalarText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The number at a path, or 0 when there is none: the API leaves zeros out. */
export function count(value: Json | undefined, ...path: string[]): number {
  const found = field(value, ...path)
  return typeof found === 'number' ? found : 0
}

/** The list at a path, or an empty one. */
export function list(value: Json | undefined, ...path: string[]): Json[] {
  const found = field(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The objects of the list at a path. */
export function objects(value: Json | undefined, ...path: string[]): JsonObject[] {
  return list(value, ...path).filter(isObject)
}

/** The object at a path, or an empty one. */
export function object(value: Json | undefined, ...path: string[]): JsonObject {
  const found = field(value, ...path)
  return isObject(found) ? found : {}
}

/** The object without kind and apiVersion: so it is stored, since its place says both. */
export function withoutType(object: KubernetesObject): KubernetesObject {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
  return rest
}

/** Equal as JSON: field order and fields that are undefined do not count. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].every((name) => sameJson(left[name], right[name]))
}
