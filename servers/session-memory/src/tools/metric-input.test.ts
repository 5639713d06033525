import { expect, test } from 'vitest'
import { recordCycle } from './record-cycle.ts'
import { call, testContext, whole } from './testing.ts'

const cycle = {
  cluster: 'home',
  engine: 'rules',
  startedAt: '2026-11-19T14:00:00Z',
  durationMs: 1,
  status: 'healthy' as const,
  coverage: whole,
  incidents: [],
  resolved: [],
  usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
}
const readings = (...points: { at: string; value: number }[]) => [
  { metric: 'memory', labels: { name: 'api-0', note: 'password=hunter2secret' }, points },
]

test('readings are kept with their cycle, once and without secrets', async () => {
  const context = await testContext()
  const reading = { at: '2026-11-19T14:00:00Z', value: 5 }
  await call(recordCycle, { ...cycle, key: 'a', metrics: readings(reading) }, context)
  const late = { at: '2026-11-19T14:05:00Z', value: 6 }
  await call(recordCycle, { ...cycle, key: 'a', metrics: readings(late) }, context)
  const [stored] = await context.memory.series({ name: 'api-0' }, 10)
  expect(stored).toMatchObject({ cluster: 'home', type: 'gauge', labels: { note: 'password=<redacted:password>' } })
  expect(await context.memory.points(stored!, 0)).toMatchObject([{ value: 5 }])
})

test('a reading of a far day refuses its cycle, and metrics of another form do', async () => {
  const context = await testContext()
  const metrics = readings({ at: '2026-11-25T14:00:00Z', value: 5 })
  await expect(call(recordCycle, { ...cycle, key: 'a', metrics }, context)).rejects.toThrow('from tomorrow or later')
  await expect(call(recordCycle, { ...cycle, key: 'a', metrics: [{ metric: 'cpu' }] }, context)).rejects.toThrow(
    'expected record',
  )
  expect((await context.memory.overview(undefined, undefined)).cycles).toEqual([])
})
