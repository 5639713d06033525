import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDump, type Dump } from '@kubevigil/simulator/dump'
import { startKubernetesSimulator, type KubernetesSimulator } from '@kubevigil/simulator/kubernetes'

const folder = fileURLToPath(new URL('../../shared/simulator/recordings/api/', import.meta.url))

function read(f: string) { return JSON.parse(readFileSync(folder + f, 'utf8')) }

let sim: KubernetesSimulator
let clock = 0
beforeAll(async () => {
  const dump = await loadDump('mixed')
  const pods = read('list-pods-rv0-limit.json').response.json
  clock = Date.parse('2026-11-21T01:06:06Z')
  const world: Dump = { ...dump, takenAt: '2026-11-21T01:06:06Z', lists: { ...dump.lists, '/api/v1/pods': pods } }
  sim = await startKubernetesSimulator({ dump: world, now: () => clock })
})
afterAll(() => sim.close())

test.each(readdirSync(folder))('%s', async (file) => {
  const { request, response } = read(file)
  const token = file === 'list-anonymous.json' ? undefined : request.identity === '(bad token)' ? 'bad' : request.identity
  const got = await fetch(sim.url + request.path, {
    method: request.method,
    headers: { ...request.headers, 'User-Agent': '', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    ...(request.body === null ? {} : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }),
  })
  const text = await got.text()
  expect(got.status).toBe(response.status)
  expect(got.headers.get('content-type')).toBe(response.headers['content-type'])
  const norm = (v: any): any => JSON.parse(JSON.stringify(v, (k, x) => (k === 'resourceVersion' || k === 'continue' || k === 'time' ? '*' : x)))
  if (response.json) expect(norm(JSON.parse(text))).toEqual(norm(response.json))
  else if (response.text !== undefined) expect(text).toBe(response.text)
  else expect(norm(text.trim().split('\n').map((l) => JSON.parse(l)))).toEqual(norm(response.lines))
})
