import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { guardNodeVersion } from './node-guard.ts'
import { openStore, type Migration, type Store } from './open.ts'

const first: Migration = { name: 'notes', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' }
const second: Migration = { name: 'note age', sql: 'ALTER TABLE note ADD COLUMN age INTEGER NOT NULL DEFAULT 0' }

let folder: string
let path: string
let opened: Store[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubevigil-store-'))
  path = join(folder, 'state', 'notes.db')
  opened = []
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(folder, { recursive: true })
})

async function open(migrations: Migration[] = [first], readonly = false): Promise<Store> {
  const store = await openStore({ path, migrations, readonly })
  opened.push(store)
  return store
}

function close(store: Store): void {
  store.close()
  opened = opened.filter((other) => other !== store)
}

function add(store: Store, text: string): void {
  store.write((sql) => sql.run('INSERT INTO note (text) VALUES (?)', text))
}

function texts(store: Store): string[] {
  return store.read((sql) => sql.all<{ text: string }>('SELECT text FROM note ORDER BY id')).map((row) => row.text)
}

function filesLike(part: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.includes(part))
}

/** Runs TypeScript in a process of its own; `openStore` and `migrations` are at hand there. */
function child(body: string, migrations: Migration[] = [first]) {
  const code = `
    import { writeSync } from 'node:fs'
    import { openStore } from ${JSON.stringify(import.meta.resolve('./open.ts'))}
    const migrations = ${JSON.stringify(migrations)}
    const store = await openStore({ path: ${JSON.stringify(path)}, migrations })
    ${body}`
  const process_ = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  process_.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { process: process_, output: () => output, ended: once(process_, 'close').then(() => output) }
}

test('makes a private folder and file, with the settings that keep what was written', async () => {
  const store = await open()
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const setting = (name: string): unknown =>
    Object.values(store.read((sql) => sql.get<Record<string, unknown>>(`PRAGMA ${name}`)) ?? {})[0]
  expect(setting('journal_mode')).toBe('wal')
  expect(setting('synchronous')).toBe(2)
  expect(setting('foreign_keys')).toBe(1)
  expect(setting('busy_timeout')).toBe(10_000)
  expect(store.notices).toEqual([])
})

test('a write is whole or not at all', async () => {
  const store = await open()
  add(store, 'kept')
  expect(() =>
    store.write((sql) => {
      sql.run('INSERT INTO note (text) VALUES (?)', 'half')
      throw new Error('stop')
    }),
  ).toThrow('stop')
  expect(texts(store)).toEqual(['kept'])
})

test('migrates an existing file, after copying it', async () => {
  const old = await open()
  add(old, 'from before')
  close(old)
  const store = await open([first, second])
  expect(store.read((sql) => sql.get('SELECT text, age FROM note'))).toEqual({ text: 'from before', age: 0 })
  expect(filesLike('.backup-')).toHaveLength(1)
})

test('a migration that fails changes nothing', async () => {
  close(await open())
  const bad: Migration = { name: 'bad', sql: 'ALTER TABLE note ADD COLUMN a; ALTER TABLE nowhere ADD COLUMN b' }
  await expect(open([first, second, bad])).rejects.toThrow(/schema 3 \(bad\).*Nothing was changed/)
  const store = await open()
  expect(store.read((sql) => sql.all('PRAGMA table_info(note)'))).toHaveLength(2)
})

test('refuses a file of a newer release, and keeps an old process from writing after an update', async () => {
  const old = await open()
  close(await open([first, second]))
  await expect(open([first])).rejects.toThrow('a newer release has written it')
  expect(() => add(old, 'x')).toThrow('a newer release has written it')
})

test('read-only: reads a file of its schema, never makes, changes or migrates one', async () => {
  await expect(open([first], true)).rejects.toThrow('There is no database')
  add(await open(), 'here')
  const reader = await open([first], true)
  expect(texts(reader)).toEqual(['here'])
  expect(() => add(reader, 'x')).toThrow('cannot be opened for writing')
  await expect(open([first, second], true)).rejects.toThrow('older schema')
})

test('an error can be made the caller’s own', async () => {
  mkdirSync(path, { recursive: true })
  class Own extends Error {}
  const attempt = openStore({ path, migrations: [first], toError: (error) => new Own(error.message) })
  await expect(attempt).rejects.toBeInstanceOf(Own)
})

test('a file that is no database is set aside and the newest sound backup restored', async () => {
  const old = await open()
  add(old, 'in the backup')
  close(old)
  const updated = await open([first, second])
  add(updated, 'after the backup')
  close(updated)
  writeFileSync(join(dirname(path), 'notes.db.backup-99999999T0-1-schema1.db'), 'no database either')
  writeFileSync(path, 'this is not a database, and long enough for SQLite to notice that it is none'.repeat(20))

  const store = await open([first, second])
  expect(texts(store)).toEqual(['in the backup'])
  expect(store.notices.join(' ')).toMatch(/was damaged .* restored from .*schema1\.db.* is missing/)
  const aside = filesLike('.damaged-')[0]!
  expect(readFileSync(join(dirname(path), aside), 'utf8')).toContain('this is not a database')
})

/** A store with one backup, written as long ago as told. */
async function withBackup(hoursOld: number): Promise<string> {
  close(await open())
  close(await open([first, second]))
  const backup = join(dirname(path), filesLike('.backup-')[0]!)
  const written = Date.now() / 1000 - hoursOld * 3600
  utimesSync(backup, written, written)
  return backup
}

test('a write of a new day is copied behind its back, and the copy is what a damaged file comes back from', async () => {
  const before = await withBackup(25)
  const store = await open([first, second])
  add(store, 'of today')
  await vi.waitFor(() => expect(filesLike('.db').filter((name) => name.includes('.backup-'))).toHaveLength(2))
  await vi.waitFor(() => expect(filesLike('.backup-claim')).toEqual([]))
  expect(filesLike('.unfinished')).toEqual([])
  expect(readdirSync(dirname(path))).toContain(basename(before))
  close(store)
  writeFileSync(path, Buffer.alloc(8192, 7))
  expect(texts(await open([first, second]))).toEqual(['of today'])
})

test('no second copy is made within a day, nor while another process makes one', async () => {
  await withBackup(23)
  const store = await open([first, second])
  add(store, 'a')
  await sleep(50)
  expect(filesLike('.backup-')).toHaveLength(1)
  close(store)

  const old = Date.now() / 1000 - 25 * 3600
  utimesSync(join(dirname(path), filesLike('.backup-')[0]!), old, old)
  writeFileSync(`${path}.backup-claim`, '')
  add(await open([first, second]), 'b')
  await sleep(50)
  expect(filesLike('-schema')).toHaveLength(1)
})

test('a copy that is not sound displaces none, and the damage is told', async () => {
  const store = await open()
  store.write((sql) => {
    for (let row = 0; row < 2000; row++) sql.run('INSERT INTO note (text) VALUES (?)', 'x'.repeat(200))
  })
  close(store)
  const backup = `${path}.backup-20260101T000000000Z-1-schema1.db`
  copyFileSync(path, backup)
  const old = Date.now() / 1000 - 25 * 3600
  utimesSync(backup, old, old)
  writeFileSync(path, readFileSync(path).fill(0xff, 8192, statSync(path).size - 4096))
  const damaged = await open()
  damaged.write((sql) => sql.run('CREATE TABLE other (id INTEGER) STRICT'))
  await vi.waitFor(() => expect(damaged.notices.join(' ')).toMatch(/is damaged: its daily copy was not sound/))
  expect(filesLike('.backup-')).toEqual([basename(backup)])
  close(damaged)
  const restored = await open()
  expect(restored.notices.join(' ')).toMatch(/was restored from/)
  expect(texts(restored)).toHaveLength(2000)
})

test('a disk that fills up says so, and nothing is set aside', async () => {
  const store = await open()
  const pages = store.read((sql) => sql.get<{ page_count: number }>('PRAGMA page_count')!.page_count)
  store.read((sql) => sql.get(`PRAGMA max_page_count = ${pages + 2}`))
  expect(() => add(store, 'x'.repeat(100_000))).toThrow(/no space left.*FULL/)
  add(store, 'small')
  close(store)
  const again = await open()
  expect(again.notices).toEqual([])
  expect(texts(again)).toEqual(['small'])
})

test('without a backup a damaged file is set aside and an empty one begun', async () => {
  close(await open())
  writeFileSync(path, Buffer.alloc(8192, 7))
  const store = await open()
  expect(texts(store)).toEqual([])
  expect(store.notices.join(' ')).toMatch(/starts empty/)
  add(store, 'works')
})

test('damage that only a query meets is told, and repaired by the next start', async () => {
  const store = await open()
  store.write((sql) => {
    for (let row = 0; row < 2000; row++) sql.run('INSERT INTO note (text) VALUES (?)', 'x'.repeat(200))
  })
  close(store)
  const size = statSync(path).size
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xff, 8192, size - 4096))
  const damaged = await open()
  expect(damaged.notices).toEqual([])
  expect(() => texts(damaged)).toThrow(/is damaged.*CORRUPT/)
  close(damaged)
  expect((await open()).notices.join(' ')).toMatch(/was damaged/)
})

test('a damaged file stays where it is while another process has it open', async () => {
  close(await open())
  const other = child(`console.log('open'); setTimeout(() => {}, 60_000)`)
  await once(other.process.stdout, 'data')
  writeFileSync(path, Buffer.alloc(8192, 7))
  await expect(open()).rejects.toThrow('another process has it open')
  expect(filesLike('.damaged-')).toEqual([])
  other.process.kill('SIGKILL')
  await other.ended
  expect((await open()).notices).not.toEqual([])
})

test('a locked file is waited for, never taken for a damaged one', async () => {
  const other = child(`store.write(() => {
    writeSync(1, 'locked')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
  })`)
  await once(other.process.stdout, 'data')
  const started = Date.now()
  const store = await open()
  add(store, 'patient')
  expect(Date.now() - started).toBeGreaterThan(300)
  expect(filesLike('.damaged-')).toEqual([])
  await other.ended
})

test('SIGKILL in the middle of writing loses nothing that was acknowledged', async () => {
  for (let round = 0; round < 20; round++) {
    const writer = child(`
      for (let n = 0; ; n++) {
        store.write((sql) => { for (const half of ['a', 'b']) sql.run('INSERT INTO note (text) VALUES (?)', ${round} + ':' + n + half) })
        process.stdout.write(n + '\\n')
        await new Promise(setImmediate)
      }`)
    await once(writer.process.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, 20 + round * 7))
    writer.process.kill('SIGKILL')
    const acknowledged = Number((await writer.ended).trim().split('\n').at(-1))
    const store = await open()
    const kept = texts(store).filter((text) => text.startsWith(`${round}:`))
    expect(store.notices).toEqual([])
    expect(kept.length % 2).toBe(0)
    expect(kept.length).toBeGreaterThanOrEqual((acknowledged + 1) * 2)
    expect(store.read((sql) => sql.get('PRAGMA integrity_check'))).toEqual({ integrity_check: 'ok' })
    close(store)
  }
})

test.for([
  ['make one file', []],
  ['migrate one file', [first]],
] as const)('several processes that start together %s and write at once', async ([, before]) => {
  if (before.length > 0) close(await open([...before]))
  const body = `
    for (let n = 0; n < 100; n++) store.write((sql) => sql.run('INSERT INTO note (text) VALUES (?)', String(n)))
    store.close()`
  await Promise.all([1, 2, 3, 4].map(() => child(body, [first, second]).ended))
  const store = await open([first, second])
  expect(texts(store)).toHaveLength(400)
  expect(store.notices).toEqual([])
})

test('a Node.js that the binary would crash is refused first', () => {
  expect(() => guardNodeVersion('20.20.2')).toThrow('needs Node.js 22 or newer, and this is 20.20.2')
  expect(() => guardNodeVersion('24.21.0')).not.toThrow()
})
