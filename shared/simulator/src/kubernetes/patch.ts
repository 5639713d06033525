import { isObject, sameJson, text, type Json, type JsonObject } from './json.ts'
import { badRequest, unprocessable } from './status.ts'

/** A JSON merge patch, RFC 7386: null removes a field, lists are replaced whole. */
export function mergePatch(original: Json | undefined, patch: Json | undefined): Json | undefined {
  if (!isObject(patch)) return patch
  const merged: JsonObject = isObject(original) ? { ...original } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

/** A JSON patch, RFC 6902. A failing test or a path that does not exist is the API's 422. */
export function jsonPatch(original: JsonObject, patch: Json): Json {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  return patch.reduce<Json>((document, operation) => applyOperation(document, operation), structuredClone(original))
}

function applyOperation(document: Json, operation: Json): Json {
  const path = segments(text(operation, 'path'))
  const value = isObject(operation) ? operation['value'] : undefined
  switch (text(operation, 'op')) {
    case 'test':
      if (!sameJson(read(document, path), value ?? null)) throw unprocessable()
      return document
    case 'add':
      return write(document, path, value ?? null, 'add')
    case 'replace':
      return write(document, path, value ?? null, 'replace')
    case 'remove':
      return write(document, path, undefined, 'replace')
    case 'copy':
      return write(document, path, structuredClone(read(document, segments(text(operation, 'from')))), 'add')
    case 'move': {
      const from = segments(text(operation, 'from'))
      const moved = read(document, from)
      return write(write(document, from, undefined, 'replace'), path, moved, 'add')
    }
    default:
      throw unprocessable()
  }
}

/** The reference tokens of a JSON pointer, RFC 6901. */
function segments(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw unprocessable()
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function read(document: Json, path: string[]): Json {
  let current: Json | undefined = document
  for (const step of path) {
    if (Array.isArray(current)) current = current[position(step, current.length - 1)]
    else current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined
    if (current === undefined) throw unprocessable()
  }
  return current ?? null
}

/** A copy with the value at the path set, or removed when it is undefined; `replace` wants something to be there. */
function write(document: Json, path: string[], value: Json | undefined, how: 'add' | 'replace'): Json {
  const [step, ...rest] = path
  if (step === undefined) return value ?? null
  if (Array.isArray(document)) {
    const index = step === '-' ? document.length : position(step, document.length)
    if (rest.length > 0)
      return document.with(existing(index, document), write(document[index] ?? null, rest, value, how))
    if (how === 'add') return document.toSpliced(index, 0, ...(value === undefined ? [] : [value]))
    return document.toSpliced(existing(index, document), 1, ...(value === undefined ? [] : [value]))
  }
  if (!isObject(document)) throw unprocessable()
  const present = Object.hasOwn(document, step)
  if ((rest.length > 0 || how === 'replace') && !present) throw unprocessable()
  if (rest.length > 0) return { ...document, [step]: write(document[step] ?? null, rest, value, how) }
  const { [step]: _removed, ...others } = document
  return value === undefined ? others : { ...document, [step]: value }
}

function position(step: string, highest: number): number {
  if (!/^(0|[1-9]\d*)$/.test(step) || Number(step) > highest) throw unprocessable()
  return Number(step)
}

function existing(index: number, of: Json[]): number {
  if (index >= of.length) throw unprocessable()
  return index
}
