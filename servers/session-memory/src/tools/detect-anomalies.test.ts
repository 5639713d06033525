import { day, hour } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import type { MemoryContext } from '../context.ts'
import { detectAnomalies } from './detect-anomalies.ts'
import { recordMetrics } from './record-metrics.ts'
import { call, testContext } from './testing.ts'

const readings = 14 * 24

type Page = z.output<typeof detectAnomalies.output>

interface Made {
  metric?: string
  unit?: string
  limit?: number
  type?: 'gauge' | 'counter'
  until?: number
  cluster?: string
}

/** Two weeks of hourly readings of one pod, the last of them now. */
async function record(
  context: MemoryContext,
  name: string,
  value: (index: number) => number,
  { metric = 'memory', until = readings, cluster = 'home', ...rest }: Made = {},
) {
  const start = context.now() - (readings - 1) * hour
  const points = Array.from({ length: until }, (_, index) => ({
    at: new Date(start + index * hour).toISOString(),
    value: value(index),
  }))
  const series = [{ metric, labels: { namespace: 'shop', name }, points, ...rest }]
  await call(recordMetrics, { cluster, series }, context)
}

/** A small swing that is no news. */
const quiet = (index: number): number => 100 + 20 * Math.sin((2 * Math.PI * index) / 24) + (index % 5)

test('a quiet series says nothing; one that leaves its history is told once, what goes on first', async () => {
  const context = await testContext()
  await record(context, 'calm-0', quiet)
  await record(context, 'spiky-0', (index) => (index === 250 ? 900 : quiet(index)))
  await record(context, 'leak-0', (index) => (index > 330 ? 100 * (index - 320) : quiet(index)))
  const { entries, ...rest } = await call(detectAnomalies, {}, context)
  expect(rest).toEqual({ series: 3, learning: 0, csv: null, notes: [], omitted: 0, nextCursor: null })
  expect(entries.map(({ labels, kind, ongoing }) => [labels['name'], kind, ongoing])).toEqual([
    ['leak-0', 'high', true],
    ['spiky-0', 'high', false],
  ])
  expect(entries[1]!.says).toMatch(
    /^memory of shop\/spiky-0 rose to 900; it kept to 80\.06 to 123\.9 over 250 readings\.$/,
  )
  expect(await call(detectAnomalies, { name: 'calm-0' }, context)).toMatchObject({ series: 1, entries: [] })
  expect(await call(detectAnomalies, { name: 'spiky-0', days: 1 }, context)).toMatchObject({ series: 1, entries: [] })
})

test('a volume that fills is forecast with its interval; one that does not grow is not', async () => {
  const context = await testContext()
  const disk = { metric: 'disk', unit: 'bytes', limit: 100 * 2 ** 30 }
  await record(context, 'data-postgres-0', (index) => 2 ** 30 * (20 + 0.2 * index + (index % 3)), disk)
  await record(context, 'data-redis-0', (index) => 2 ** 30 * (20 + (index % 7)), disk)
  const { entries } = await call(detectAnomalies, { metric: 'disk' }, context)
  const forecasts = entries.filter(({ kind }) => kind === 'forecast')
  expect(forecasts.map(({ says }) => says)).toEqual([
    expect.stringMatching(
      /^disk of shop\/data-postgres-0 reaches its limit of 100Gi in about 2\.\d days \(\d+ hours to [34]\.\d days\)\.$/,
    ),
    'disk of shop/data-redis-0: no forecast, it does not grow for sure.',
  ])
  expect(forecasts[0]!.numbers['days']).toBeGreaterThan(2)
  expect(forecasts[0]!.numbers['days']).toBeLessThan(3)
})

test('a series that falls silent while others speak is absent, and only then', async () => {
  const context = await testContext()
  await record(context, 'alive-0', quiet)
  await record(context, 'silent-0', quiet, { until: readings - 10 })
  expect((await call(detectAnomalies, {}, context)).entries).toMatchObject([
    {
      kind: 'absent',
      labels: { name: 'silent-0' },
      says: 'memory of shop/silent-0 has been silent for 10h; it came every 60m.',
    },
  ])
  context.clock.now += 3 * day
  const { notes } = await call(detectAnomalies, {}, context)
  expect(notes).toEqual(['The newest reading is 3 days old: nobody records these metrics any more.'])
})

test('two clusters have pods of one name: each entry says whose it is', async () => {
  const context = await testContext()
  await record(context, 'web-0', quiet)
  await record(context, 'web-0', (index) => (index === 300 ? 999 : quiet(index)), { cluster: 'work' })
  expect((await call(detectAnomalies, {}, context)).entries.map(({ cluster, kind }) => [cluster, kind])).toEqual([
    ['work', 'high'],
  ])
})

test('a reading from before 1970 stops nothing', async () => {
  const context = await testContext()
  const points = ['1969-12-31T22:00:00Z', '1969-12-31T23:00:00Z'].map((at) => ({ at, value: 1 }))
  await call(recordMetrics, { cluster: 'home', series: [{ metric: 'cpu', points, labels: {} }] }, context)
  expect(await call(detectAnomalies, {}, context)).toMatchObject({ series: 1, learning: 1, entries: [] })
})

test('too little history is said to be that', async () => {
  const context = await testContext()
  await record(context, 'new-0', (index) => 1000 ** index, { until: 5 })
  expect(await call(detectAnomalies, {}, context)).toMatchObject({ series: 1, learning: 1, entries: [] })
  expect(await call(detectAnomalies, { namespace: 'none' }, context)).toMatchObject({
    series: 0,
    notes: ['No series matches. record_metrics keeps them.'],
  })
})

test('hundreds of anomalies come in pages that fit, each once', async () => {
  const context = await testContext()
  for (let pod = 0; pod < 60; pod += 1)
    await record(context, `pod-${pod}`, (index) => (index === 300 ? 999 : quiet(index)))
  const names: string[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const page: Page = await call(detectAnomalies, { cursor }, context)
    expect(JSON.stringify(page).length).toBeLessThan(20_000)
    names.push(...page.entries.map(({ labels }) => labels['name']!))
    cursor = page.nextCursor ?? undefined
  }
  expect(new Set(names).size).toBe(60)
  expect(names).toHaveLength(60)
})

test('readings go out as CSV in pages, and come in again as they were', async () => {
  const context = await testContext()
  await record(context, 'api-0', (index) => index / 7, { metric: 'cpu', unit: 'cores' })
  await record(context, 'api-0', (index) => index % 40, { metric: 'restarts', type: 'counter' })
  const other = await testContext()
  let pages = 0
  for (let cursor: string | undefined = '0'; cursor !== undefined; pages += 1) {
    const page: Page = await call(detectAnomalies, { format: 'csv', days: 30, cursor }, context)
    expect(JSON.stringify(page).length).toBeLessThan(20_000)
    await call(recordMetrics, { cluster: 'home', csv: page.csv! }, other)
    cursor = page.nextCursor ?? undefined
  }
  expect(pages).toBeGreaterThan(1)
  for (const metric of ['cpu', 'restarts']) {
    const [before, after] = await Promise.all(
      [context, other].map(async ({ memory }) => {
        const [series] = await memory.series({ metric }, 1)
        return { type: series!.type, labels: series!.labels, points: await memory.points(series!, 0) }
      }),
    )
    expect(after).toEqual(before)
  }
})
