import { incident } from '@kubevigil/core/assess/testing'
import { day, hour } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { getContext } from './get-context.ts'
import { getIncident } from './get-incident.ts'
import { getMemoryStats } from './get-memory-stats.ts'
import { getTrends } from './get-trends.ts'
import { pruneMemory } from './prune-memory.ts'
import { call, runCycle, testContext } from './testing.ts'

const whoami = incident('whoami-test', 0, 1, { fingerprint: 'mild', since: null })
const mysql = incident('mysql', 0, 1, { fingerprint: 'grave' })
const pins = [
  { role: 'assistant', importance: 'normal', pinned: true, text: 'decided: no failover by hand' },
  { role: 'assistant', importance: 'critical', pinned: false, text: 'mysql was down' },
  { role: 'assistant', importance: 'normal', pinned: false, text: 'chatter' },
]

/** Ten hours of cycles that saw one mild incident last and a grave one end, and twenty healthy ones, half a year ago. */
async function aged() {
  const context = await testContext()
  const step = async (...args: Parameters<typeof runCycle> extends [unknown, ...infer Rest] ? Rest : never) => {
    context.clock.now += hour
    return runCycle(context, ...args)
  }
  await step([whoami, mysql], { session: { id: 'watch', summary: 'a bad day', messages: pins } })
  for (let n = 0; n < 8; n++) await step([{ ...whoami, members: { count: 2 + n, examples: [] } }, mysql])
  await step([whoami])
  for (let n = 0; n < 20; n++) await step([])
  context.clock.now += 180 * day
  await step([mysql])
  return context
}

test('a dry run counts and changes nothing', async () => {
  const context = await aged()
  const before = await call(getMemoryStats, {}, context)
  const answer = await call(pruneMemory, {}, context)
  expect(answer).toMatchObject({ dryRun: true, messages: 1, more: false })
  expect(answer.cycles).toBeGreaterThan(15)
  expect((await call(getMemoryStats, {}, context)).counts).toEqual(before.counts)
})

test('what went on mildly is folded; incidents, their changes, what is grave, pinned or critical stay', async () => {
  const context = await aged()
  const timeline = (await call(getIncident, { fingerprint: 'mild' }, context)).timeline
  const would = await call(pruneMemory, {}, context)
  const did = await call(pruneMemory, { dryRun: false }, context)
  expect(did).toEqual({ ...would, dryRun: false })

  const { counts } = await call(getMemoryStats, {}, context)
  expect(counts).toMatchObject({ incidents: 2, messages: 2, foldedCycles: did.cycles })
  expect((await call(getIncident, { fingerprint: 'mild' }, context)).timeline).toEqual(timeline)
  expect(await call(getIncident, { fingerprint: 'grave' }, context)).toMatchObject({ state: 'open', sev: 'SEV-1' })
  expect(await context.memory.find({ fingerprint: 'grave' })).toMatchObject([{ seen: 10 }])
  const { text } = await call(getContext, { session: 'watch' }, context)
  expect(text).toContain('decided: no failover by hand')
  expect(text).toContain('mysql was down')
  expect(text).not.toContain('chatter')
  expect(text).toMatch(/2026-11-\d\d to 2026-11-\d\d home: \d+ cycles folded, at most \d open/)
  expect(await call(pruneMemory, { dryRun: false }, context)).toMatchObject({ sightings: 0, cycles: 0, messages: 0 })
})

test('what get_trends reads is the same after as before', async () => {
  const context = await aged()
  context.clock.now -= 95 * day
  const asked = { scope: 'cluster', days: 90 } as const
  const before = await call(getTrends, asked, context)
  expect(before.looks).toBeGreaterThan(0)
  await call(pruneMemory, { dryRun: false }, context)
  expect(await call(getTrends, asked, context)).toEqual(before)
})

test('an unpinned message goes like others', async () => {
  const context = await aged()
  expect(await call(pruneMemory, { unpin: [1], dryRun: false }, context)).toMatchObject({ messages: 2 })
  expect((await call(getContext, {}, context)).text).not.toContain('no failover by hand')
})

test('a step is bounded, and the next goes on', async () => {
  const context = await testContext()
  const healthy = {
    cluster: 'home',
    engine: 'rules',
    startedAt: '2026-01-01T00:00:00Z',
    durationMs: 1,
    status: 'healthy' as const,
    coverage: [],
    incidents: [],
    resolved: [],
    usage: { inputTokens: 1, outputTokens: 0, costUsd: 0.5 },
  }
  for (let n = 0; n < 2100; n++) await context.memory.record({ ...healthy, key: `k${n}` }, context.now())
  expect(await call(pruneMemory, { dryRun: false }, context)).toMatchObject({ cycles: 2000, more: true })
  expect(await call(pruneMemory, { dryRun: false }, context)).toMatchObject({ cycles: 100, more: false })
})

test('what get_trends may still be asked for is not pruned', async () => {
  await expect(call(pruneMemory, { olderThanDays: 30 }, await testContext())).rejects.toThrow(/90/)
})
