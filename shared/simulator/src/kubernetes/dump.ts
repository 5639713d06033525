import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { isObject, list, text, type Json, type JsonObject, type KubernetesObject } from './json.ts'
import { recordingsFolder } from './recordings.ts'
import { shiftText, shiftTimes } from './time-shift.ts'

/** The whole readable state of a cluster at one moment; all its times belong to `takenAt`. */
export interface Dump {
  /** The answer of `/version`. */
  version: JsonObject
  /** RFC 3339. */
  takenAt: string
  /** List bodies by their API path, such as `/api/v1/pods`. */
  lists: Record<string, DumpList>
  /** Log texts by `namespace/pod/container`, with `?previous` for the run before. */
  logs?: Record<string, string>
}

export interface DumpList extends JsonObject {
  items: KubernetesObject[]
}

/** The dump cannot be used; the message is one sentence that says why and what to do. */
export class DumpError extends Error {}

/** Finds a dump: a path, or the bare name of a bundled recording such as `mixed` or `quota`. */
export function findDump(nameOrPath: string): string {
  if (existsSync(nameOrPath)) return nameOrPath
  const bundled = ['', 'scenarios/'].map((folder) => `${recordingsFolder}${folder}${nameOrPath}.json.gz`)
  const found = /^[\w-]+$/.test(nameOrPath) ? bundled.find((path) => existsSync(path)) : undefined
  if (found !== undefined) return found
  throw new DumpError(`No dump at ${nameOrPath}: give a .json or .json.gz file, or the name of a bundled recording.`)
}

/** Loads and checks a dump by path or bundled name. Throws {@link DumpError} with a text for the user. */
export async function loadDump(nameOrPath: string): Promise<Dump> {
  const path = findDump(nameOrPath)
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new DumpError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}.`)
  }
  return checkDump(parse(bytes, path), path)
}

function parse(bytes: Buffer, path: string): unknown {
  try {
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    return JSON.parse((gzip ? gunzipSync(bytes) : bytes).toString('utf8'))
  } catch {
    throw new DumpError(`${path} is not JSON (nor gzipped JSON): give the file that a recording wrote.`)
  }
}

/** Checks that a parsed file has the shape of a dump; `path` is only for the error text. */
export function checkDump(value: unknown, path: string): Dump {
  const fault = faultOf(value)
  if (fault !== undefined) throw new DumpError(`${path} is no cluster dump: ${fault}.`)
  return value as Dump
}

function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not a JSON object'
  if (!isObject(value['version'])) return 'it has no version object'
  if (Number.isNaN(Date.parse(text(value, 'takenAt')))) return 'takenAt is no RFC 3339 time'
  if (!isObject(value['lists'])) return 'it has no lists'
  for (const [path, body] of Object.entries(value['lists'])) {
    if (!/^\/(api|apis\/[^/]+)\/[^/]+\/[^/]+$/.test(path)) return `${path} is no path of a resource list`
    if (!isObject(body) || !Array.isArray(body['items'])) return `the list ${path} has no items`
    if (!list(body, 'items').every(hasName)) return `an item of ${path} has no metadata.name`
  }
  const logs = value['logs']
  if (logs === undefined) return undefined
  if (!isObject(logs)) return 'logs is not an object'
  return Object.values(logs).every((log) => typeof log === 'string') ? undefined : 'a log is not a text'
}

function hasName(item: Json): boolean {
  return text(item, 'metadata', 'name') !== ''
}

/** A copy of the dump as if it had been taken at `now` (milliseconds): all times move by one offset of whole seconds. */
export function shiftDump(dump: Dump, now: number): Dump {
  const seconds = Math.round((now - Date.parse(dump.takenAt)) / 1000)
  if (seconds === 0) return dump
  const logs = Object.entries(dump.logs ?? {}).map(([key, log]) => [key, shiftText(log, seconds)] as const)
  return {
    version: dump.version,
    takenAt: shiftText(dump.takenAt, seconds),
    lists: shiftTimes(dump.lists as JsonObject, seconds) as Dump['lists'],
    logs: Object.fromEntries(logs),
  }
}
