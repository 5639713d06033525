import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadDump, type Dump } from '../../shared/simulator/src/dump.ts'
import { startKubernetesSimulator, type KubernetesSimulator } from '../../shared/simulator/src/kubernetes.ts'
import { shiftText } from '../../shared/simulator/src/kubernetes/time-shift.ts'

/**
 * The simulator answers every recorded exchange as the real server did. Status, content type, cache control and body are
 * compared; bodies in full, after the normalisation of `volatile` below, except for the files that `partly` names.
 */

type Json = string | number | boolean | null | Json[] | { [field: string]: Json }

interface Exchange {
  request: { method: string; path: string; identity: string; headers: Record<string, string>; body: Json }
  response: { status: number; headers: Record<string, string>; json?: Json; text?: string; lines?: Json[] }
}

const folder = fileURLToPath(new URL('../../shared/simulator/recordings/api/', import.meta.url))
const files = readdirSync(folder)

/** When the exchanges were taken: a minute and a half before the dump `mixed`. */
const takenAt = '2026-11-21T01:06:06Z'

/** Exchanges that came later, by seconds: the ages they show say so. */
const laterBySeconds: Record<string, number> = {
  'list-events-table.json': 0.6,
  // The recorder's kubelet counted thirty lines back from the end of the log, seven seconds after its last stamped line.
  'log-since.json': 7,
}

/** The bearer token behind each recorded identity; the recorder calls both a wrong token and none "(bad token)". */
const tokens: Record<string, string | undefined> = {
  admin: 'admin',
  viewer: 'viewer',
  nobody: 'nobody',
  'list-unauthorized.json': 'wrong',
  'list-anonymous.json': undefined,
}

/** Lists that a whole-cluster list recorded beside the exchanges replaces: the dump is younger. */
const seeds: Record<string, string> = { '/api/v1/pods': 'list-pods-rv0-limit.json' }

/** What differs in every recording, and why it says nothing about the simulator. */
const volatile: { what: string; why: string; replace: (body: Json) => Json }[] = [
  {
    what: 'metadata.resourceVersion of lists, tables and bookmarks, and the revision inside a continue token',
    why: 'the store starts at the highest revision of the dump, which is younger than the exchange',
    replace: (body) =>
      deep(body, isCollection, (collection) => ({ ...collection, metadata: withoutRevision(collection['metadata']) })),
  },
  {
    what: 'serverAddressByClientCIDRs',
    why: 'every server names its own address',
    replace: (body) =>
      deep(
        body,
        (value) => 'serverAddress' in value,
        (entry) => ({ ...entry, serverAddress: 'HOST:PORT' }),
      ),
  },
]

/** Files that are compared only in part: what is left out, and why. A file that is not here is compared in full. */
const partly: Record<string, { why: string; project: (body: Json) => unknown }> = {
  'list-jobs-table.json': {
    why: 'jobs come and go every minute and were recorded only as rows: rows of jobs that the dump also holds are compared',
    project: (body) => commonRows(body),
  },
  'list-events-table.json': {
    why: 'events were recorded only as pages: how many follow the page depends on events that the dump no longer holds',
    project: (body) => deep(body, isCollection, (table) => ({ ...table, metadata: null })),
  },
  'delete-pod-dry-run.json': {
    why: 'another writer touched the pod between the recorded list and this exchange: its resourceVersion alone says so',
    project: (body) =>
      deep(
        body,
        (value) => 'resourceVersion' in value,
        (part) => ({ ...part, resourceVersion: 'N' }),
      ),
  },
  'log-limit-bytes.json': {
    why: 'the recorder made the log up at each request, ending then; the dump keeps fewer lines of it, so the first has another time',
    project: (body) => asText(body).replaceAll(stamp, 'TIME'),
  },
  'log-timestamps.json': {
    why: 'a dump keeps the text of a log without the stamps of the container runtime: form and text are compared, not the times',
    project: (body) => asText(body).replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /gm, 'STAMP '),
  },
}

const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g

let simulator: KubernetesSimulator
let clock = Date.parse(takenAt)
let heldJobs = new Set<string>()

beforeAll(async () => {
  simulator = await startKubernetesSimulator({ dump: asOfTheExchanges(await loadDump('mixed')), now: () => clock })
})

afterAll(async () => simulator.close())

describe('recorded exchanges', () => {
  test.each(files.map((file) => [file, extent(file)]))('%s is answered %s', async (file) => {
    const { request, response } = read(file)
    clock = Date.parse(takenAt) + 1000 * (laterBySeconds[file] ?? 0)
    const got = await replay(request, tokens[request.identity === '(bad token)' ? file : request.identity])
    expect(got.status).toBe(response.status)
    expect(got.headers.get('content-type')).toBe(response.headers['content-type'])
    expect(got.headers.get('cache-control')).toBe(response.headers['cache-control'])
    const project = partly[file]?.project ?? ((body: Json): unknown => body)
    expect(project(bodyOf(await got.text(), response))).toEqual(project(recordedBody(response)))
  })

  test('what is compared only in part is in the folder, and has a reason', () => {
    expect(Object.keys(partly).filter((file) => !files.includes(file))).toEqual([])
    expect(Object.values(partly).every(({ why }) => why.length > 40)).toBe(true)
    expect(volatile.every(({ why }) => why.length > 20)).toBe(true)
  })
})

/** For the title of a test: whether the answer is compared in full, or why not. */
function extent(file: string): string {
  const why = partly[file]?.why
  return why === undefined ? 'as recorded' : `as recorded in part: ${why}`
}

function read(file: string): Exchange {
  return JSON.parse(readFileSync(folder + file, 'utf8')) as Exchange
}

async function replay(request: Exchange['request'], token: string | undefined): Promise<Response> {
  const body =
    request.body === null
      ? {}
      : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }
  // A streaming list need not last as long as it was recorded.
  const path = request.path.replace('timeoutSeconds=4', 'timeoutSeconds=1')
  return fetch(simulator.url + path, {
    method: request.method,
    headers: {
      ...request.headers,
      'User-Agent': '',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...body,
  })
}

/** The dump `mixed`, turned back to the moment of the exchanges as far as the recordings say how it was. */
function asOfTheExchanges(dump: Dump): Dump {
  const lists = { ...dump.lists }
  for (const [path, file] of Object.entries(seeds))
    lists[path] = read(file).response.json as unknown as Dump['lists'][string]
  keep(lists, '/api/v1/events', (event) => String(event.metadata.creationTimestamp) <= takenAt)
  keep(lists, '/apis/batch/v1/jobs', (job) => String(job.metadata.creationTimestamp) <= takenAt)
  heldJobs = new Set(lists['/apis/batch/v1/jobs']?.items.map((job) => job.metadata.name))
  let turned = JSON.stringify(lists)
  // Cron jobs ran once more before the dump was taken, and the autoscaler measured again.
  turned = turned.replaceAll('"lastScheduleTime":"2026-11-21T01:07:00Z"', '"lastScheduleTime":"2026-11-21T01:06:00Z"')
  turned = turned.replaceAll('"averageUtilization":60', '"averageUtilization":79')
  // The recorder's logs end when they are asked for: 86 seconds earlier than in the dump.
  const logs = Object.entries(dump.logs ?? {}).map(([key, log]) => [key, shiftText(log, -86)])
  return {
    ...dump,
    takenAt,
    lists: JSON.parse(turned) as Dump['lists'],
    logs: Object.fromEntries(logs) as Record<string, string>,
  }
}

function keep(
  lists: Dump['lists'],
  path: string,
  wanted: (item: Dump['lists'][string]['items'][number]) => boolean,
): void {
  const list = lists[path]
  if (list !== undefined) lists[path] = { ...list, items: list.items.filter(wanted) }
}

/** The answer in the form in which the exchange was recorded: a document, lines of documents, or text. */
function bodyOf(text: string, { json, lines }: Exchange['response']): Json {
  if (json !== undefined) return normal(JSON.parse(text) as Json)
  return lines === undefined
    ? text
    : normal(
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Json),
      )
}

function recordedBody({ json, lines, text }: Exchange['response']): Json {
  return json === undefined && lines === undefined ? (text ?? '') : normal(json ?? lines ?? null)
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function normal(body: Json): Json {
  return volatile.reduce((value, { replace }) => replace(value), body)
}

function isObject(value: Json | undefined): value is { [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Rewrites every object inside a body that a test picks. */
function deep(
  body: Json,
  picks: (value: { [field: string]: Json }) => boolean,
  rewrite: (value: { [field: string]: Json }) => { [field: string]: Json },
): Json {
  if (Array.isArray(body)) return body.map((item) => deep(item, picks, rewrite))
  if (!isObject(body)) return body
  const inside = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, deep(value, picks, rewrite)]))
  return picks(inside) ? rewrite(inside) : inside
}

function isCollection(value: { [field: string]: Json }): boolean {
  const annotations = isObject(value['metadata']) ? value['metadata']['annotations'] : undefined
  const bookmark = isObject(annotations) && 'k8s.io/initial-events-end' in annotations
  return bookmark || /(List|Table)$/.test(asText(value['kind']))
}

function withoutRevision(metadata: Json | undefined): Json {
  if (!isObject(metadata)) return metadata ?? null
  const { continue: token, resourceVersion, ...rest } = metadata
  const start =
    typeof token === 'string' && token !== '' ? (JSON.parse(Buffer.from(token, 'base64url').toString()) as Json) : token
  return {
    ...rest,
    ...(resourceVersion === undefined ? {} : { resourceVersion: 'N' }),
    ...(start === undefined ? {} : { continue: isObject(start) ? { ...start, rv: 'N' } : start }),
  }
}

function commonRows(body: Json): unknown {
  if (!isObject(body) || !Array.isArray(body['rows'])) return body
  const recorded = read('list-jobs-table.json').response.json
  const names = (table: Json | undefined): Json[] => (isObject(table) ? (table['rows'] as Json[]).map(nameOf) : [])
  const shown = new Set(names(recorded).filter((name) => heldJobs.has(asText(name))))
  return { ...body, rows: body['rows'].filter((row) => shown.has(nameOf(row))) }
}

function nameOf(row: Json): Json {
  return isObject(row) ? ((row['cells'] as Json[])[0] ?? null) : null
}
