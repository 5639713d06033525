import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from './arguments.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arguments-'))
  await writeFile(join(folder, 'text.json'), 'hello')
  await writeFile(
    join(folder, 'other.json'),
    '{"version":{},"takenAt":"2026-11-21T00:00:00Z","lists":{"/api/v1/pods":{}}}',
  )
})

afterAll(async () => rm(folder, { recursive: true }))

describe('readSettings', () => {
  test.each([
    ['--dump text.json', 'is not JSON'],
    ['--dump other.json', 'is no cluster dump: the list /api/v1/pods has no items'],
    ['', 'Give either --dump FILE or --pods N'],
    ['--dump mixed --pods 5', 'Give either --dump FILE or --pods N'],
    ['--pods 10 --failing 3', '--failing must be between 0 and 1'],
    ['--pods many', '--pods must be a whole number'],
    ['--dump mixed --port 99999', '--port must be a whole number up to 65535'],
    ['--dump mixed --now yesterday', '--now must be an RFC 3339 time'],
    ['--frob', "Unknown option '--frob'"],
    ['--dump mixed --port -1', "Option '--port' argument is ambiguous: see --help."],
  ])('refuses %s', async (line, words) => {
    const args = line.split(' ').filter((word) => word !== '')
    const located = args.map((word) => (/(text|other)\.json/.test(word) ? join(folder, word) : word))
    await expect(readSettings([...located, '--kubeconfig', 'out'])).rejects.toThrow(words)
  })

  test('wants to know where the kubeconfig goes', async () => {
    await expect(readSettings(['--dump', 'mixed'])).rejects.toThrow('--kubeconfig OUT')
  })

  test('finds bundled recordings by name, and freezes the clock', async () => {
    const now = '2026-11-21T01:07:36Z'
    const settings = await readSettings(['--dump', 'quota', '--kubeconfig', 'out', '--now', now])
    expect(settings?.dump?.takenAt).toBe('2026-11-21T01:59:16Z')
    expect(settings?.now?.()).toBe(Date.parse(now))
  })

  test('describes a made-up cluster', async () => {
    const settings = await readSettings(['--pods', '50', '--nodes', '3', '--kubeconfig', 'out'])
    expect(settings?.generate).toEqual({ pods: 50, nodes: 3, failing: 0.02, seed: 1 })
  })

  test('is asked for help', async () => {
    expect(await readSettings(['--help'])).toBeUndefined()
  })
})
