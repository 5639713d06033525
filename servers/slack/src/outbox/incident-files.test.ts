import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hour } from '@kubevigil/core/time'
import { openStore } from '@kubevigil/store/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileNameOf } from './incident-files.ts'
import { migrations } from './schema.ts'
import { createBench, outage, type Bench } from './testing.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

const name = `${outage.fingerprint}.json`

function files(): string[] {
  try {
    return readdirSync(bench.incidentFolder)
  } catch {
    return []
  }
}

function read(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(bench.incidentFolder, name), 'utf8')) as Record<string, unknown>
}

test('an incident nobody can be told of lies in a file, redacted and for its owner alone, until it went out', async () => {
  const silent = await bench.open({ token: false })
  await silent.notify({ ...outage, cause: 'password=hunter2hunter2' })
  expect(files()).toEqual([name])
  expect(statSync(join(bench.incidentFolder, name)).mode & 0o777).toBe(0o600)
  expect(read()).toMatchObject({
    fingerprint: outage.fingerprint,
    state: 'waiting for Slack',
    why: 'SLACK_BOT_TOKEN is not set.',
    channel: '#alerts',
    resolvedAt: null,
    incident: { title: 'web restarts', cause: 'password=<redacted:password>' },
  })
  await silent.notify({ ...outage, cause: 'limit lowered' })
  expect(read()).toMatchObject({ incident: { cause: 'limit lowered' } })
  await silent.resolve({ fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  expect(read()).toMatchObject({ resolvedAt: '2026-11-20T14:40:00Z' })
  await (await bench.open()).drain()
  expect(bench.slack.messages).toHaveLength(1)
  expect(files()).toEqual([])
})

test('Slack away and Slack refusing leave a file; a message that merely awaits its turn does not', async () => {
  const outbox = await bench.open()
  for (let count = 0; count < 20; count++)
    bench.slack.faults.push({ kind: 'unsent', reason: 'Slack cannot be reached' })
  await outbox.notify(outage)
  expect(read()).toMatchObject({ why: expect.stringContaining('Slack cannot be reached; not tried before') })
  bench.slack.faults.length = 0
  bench.time += hour
  await outbox.flush(10)
  expect(files()).toEqual([])
  bench.slack.faults.push({ kind: 'refused', code: 'not_in_channel' })
  await expect(outbox.notify({ ...outage, cause: 'limit lowered' })).rejects.toThrow('not_in_channel')
  expect(read()).toMatchObject({ why: expect.stringContaining('The bot is not in #alerts') })
})

test('a file that a dead process left is removed at the next start', async () => {
  await (await bench.open({ token: false })).notify(outage)
  const path = join(bench.incidentFolder, name)
  // A sender that died between sending and removing: the row is settled and the file stands.
  const database = await openStore({ path: join(bench.folder, 'slack.db'), migrations })
  database.write((sql) => sql.run("UPDATE outbox SET state = 'sent', channel_id = 'C00000000', ts = '1.000001'"))
  database.close()
  expect(existsSync(path)).toBe(true)
  await bench.open({ token: false })
  expect(existsSync(path)).toBe(false)
})

test('a folder that cannot be written to fails no call', async () => {
  writeFileSync(join(bench.folder, 'logs'), 'a file in the way')
  expect(await (await bench.open({ token: false })).notify(outage)).toMatchObject({ state: 'queued' })
})

test('no fingerprint leads out of the folder', () => {
  expect(fileNameOf(outage.fingerprint)).toBe(name)
  for (const hostile of ['../../etc/passwd', '.', 'a/b', 'CON:x', 'Ärger', ''])
    expect(fileNameOf(hostile)).toMatch(/^[0-9a-f]{64}\.json$/)
})
