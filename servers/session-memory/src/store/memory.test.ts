import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { openStore } from '@kubevigil/store/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMemory } from './memory.ts'
import { migrations } from './schema.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubevigil-memory-'))
  path = join(folder, 'memory.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file of a newer release is refused with a sentence for the user', async () => {
  const newer = [...migrations, { name: 'later', sql: 'CREATE TABLE later (id INTEGER)' }]
  ;(await openStore({ path, migrations: newer })).close()
  await expect(openMemory(path)).rejects.toBeInstanceOf(UserError)
})

test('a file of the first release is brought up: what it holds is kept and found', async () => {
  const old = await openStore({ path, migrations: migrations.slice(0, 1) })
  old.write((sql) =>
    sql.run(
      `INSERT INTO incident (cluster, fingerprint, rule, title, root_kind, root_namespace, root_name, priority, sev, severity,
         impact, owners, member_count, member_examples, facts, opened_at, last_seen, unread)
       VALUES ('home', 'aaaa', 'POD_CRASH_LOOP', 'n8n crashes', 'Deployment', 'default', 'n8n', 'P0', 'SEV-1', 'critical',
         '', '[]', 1, '[]', '{"causes":["a probe fails"]}', '2026-11-19T14:00:00Z', '2026-11-19T14:00:00Z', '[]')`,
    ),
  )
  old.close()
  const memory = await openMemory(path)
  expect(await memory.search({ words: ['probe'], mode: 'all', kinds: [], limit: 5, offset: 0 }, 0)).toMatchObject([
    { kind: 'incident', incident: { fingerprint: 'aaaa' } },
  ])
  expect(await memory.find({ fingerprint: 'aaaa' })).toMatchObject([
    { handling: { acknowledgement: null, silence: null } },
  ])
  memory.close()
})

test('a damaged file is set aside, and the memory says so', async () => {
  writeFileSync(path, Buffer.alloc(8192, 7))
  const memory = await openMemory(path)
  expect(memory.notices.join(' ')).toMatch(/was damaged.*starts empty/)
  memory.close()
})

test('two processes record the same cycles: each is kept once', async () => {
  const code = `
    import { openMemory } from ${JSON.stringify(import.meta.resolve('./memory.ts'))}
    const memory = await openMemory(${JSON.stringify(path)})
    let recorded = 0
    for (let n = 0; n < 50; n++) {
      const cycle = { key: 'cycle ' + n, cluster: 'home', engine: 'rules', startedAt: '2026-11-19T14:00:00Z', durationMs: 1,
        status: 'healthy', coverage: [], incidents: [], resolved: [], usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } }
      if ((await memory.record(cycle, 0)).recorded) recorded++
    }
    console.log(recorded)`
  const counts = await Promise.all(
    [1, 2].map(async () => {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code])
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      await once(child, 'close')
      return Number(output)
    }),
  )
  expect(counts[0]! + counts[1]!).toBe(50)
  const memory = await openMemory(path)
  expect((await memory.overview('home', undefined)).cycles).toHaveLength(50)
  memory.close()
})
