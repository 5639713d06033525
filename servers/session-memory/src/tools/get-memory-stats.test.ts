import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { incident } from '@kubevigil/core/assess/testing'
import { expect, test } from 'vitest'
import { openMemory } from '../store/memory.ts'
import { migrations } from '../store/schema.ts'
import { getMemoryStats } from './get-memory-stats.ts'
import { call, runCycle, testContext } from './testing.ts'

test('counts what is there', async () => {
  const context = await testContext()
  expect(await call(getMemoryStats, {}, context)).toMatchObject({ oldest: null, newest: null, counts: { cycles: 0 } })
  await runCycle(context, [incident('n8n', 0, 1)])
  await runCycle(context, [], { cluster: 'other' })
  const stats = await call(getMemoryStats, {}, context)
  expect(stats).toMatchObject({
    schemaVersion: migrations.length,
    counts: {
      cycles: 2,
      clusters: 2,
      incidents: 1,
      open: 1,
      observations: 1,
      decisions: 1,
      events: 0,
      sessions: 0,
      messages: 0,
      foldedCycles: 0,
    },
    backups: 0,
    newestBackup: null,
    oldest: { id: 1, cluster: 'home' },
    newest: { id: 2, cluster: 'other' },
    notices: [],
  })
  expect(stats.bytes.log).toBeGreaterThan(0)
})

test('tells of a file that was set aside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-stats-'))
  writeFileSync(join(folder, 'memory.db'), Buffer.alloc(8192, 7))
  const memory = await openMemory(join(folder, 'memory.db'))
  const stats = await call(getMemoryStats, {}, { ...(await testContext()), memory })
  expect(stats.damaged).toHaveLength(1)
  expect(stats.bytes.damaged).toBe(8192)
  expect(stats.notices.join(' ')).toMatch(/was damaged.*starts empty/)
  memory.close()
  rmSync(folder, { recursive: true })
})
