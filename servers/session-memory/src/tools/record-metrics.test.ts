import { day, hour } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { recordMetrics } from './record-metrics.ts'
import { call, testContext } from './testing.ts'

const labels = { namespace: 'shop', kind: 'Pod', name: 'api-0' }
const counts = { series: 1, recorded: 0, known: 0, tooOld: 0, problems: [], moreProblems: 0 }

test('a reading is kept once for its instant, whoever records it again', async () => {
  const context = await testContext()
  const series = [{ metric: 'memory', labels, points: [{ at: '2026-11-19T12:00:00Z', value: 5 }] }]
  expect(await call(recordMetrics, { cluster: 'home', series }, context)).toEqual({ ...counts, recorded: 1 })
  // The order of labels and the time zone it is written in make no other series and no other instant.
  const again = [
    {
      metric: 'memory',
      labels: { name: 'api-0', kind: 'Pod', namespace: 'shop' },
      points: [{ at: '2026-11-19T13:00:00+01:00', value: 9 }],
    },
  ]
  expect(await call(recordMetrics, { cluster: 'home', series: again }, context)).toEqual({ ...counts, known: 1 })
  const [stored] = await context.memory.series({ name: 'api-0' }, 10)
  expect(await context.memory.points(stored!, 0)).toEqual([
    { at: Date.parse('2026-11-19T12:00:00Z'), value: 5, reading: 5 },
  ])
  expect(await context.memory.series({ name: 'api-1' }, 10)).toEqual([])
})

test('a reading of a far day is refused, with all others', async () => {
  const context = await testContext()
  const points = [0, 3 * day].map((ahead) => ({ at: new Date(context.now() + ahead).toISOString(), value: 1 }))
  await expect(
    call(recordMetrics, { cluster: 'home', series: [{ metric: 'cpu', labels, points }] }, context),
  ).rejects.toThrow('from tomorrow or later')
  expect(await context.memory.series({}, 10)).toEqual([])
})

test('more readings than one write should hold are refused', async () => {
  const context = await testContext()
  const points = Array.from({ length: 5000 }, (_, index) => ({
    at: new Date(context.now() - index * 1000).toISOString(),
    value: index,
  }))
  const series = Array.from({ length: 21 }, (_, index) => ({ metric: `m${index}`, labels, points }))
  await expect(call(recordMetrics, { cluster: 'home', series }, context)).rejects.toThrow(
    '105000 readings are too many',
  )
  expect(await context.memory.series({}, 10)).toEqual([])
})

test('secrets in labels are not kept', async () => {
  const context = await testContext()
  const secret = { note: 'password=correcthorse' }
  await call(
    recordMetrics,
    {
      cluster: 'home',
      series: [{ metric: 'cpu', labels: secret, points: [{ at: '2026-11-19T12:00:00Z', value: 1 }] }],
    },
    context,
  )
  const [stored] = await context.memory.series({}, 10)
  expect(JSON.stringify(stored)).not.toContain('correcthorse')
})

test('a CSV file of pods is read whatever the order of its columns; what cannot be read is named by its line', async () => {
  const context = await testContext()
  const csv = [
    'Pod;Namespace;Timestamp;CPU;Memory;Memory_Limit;network_receive_bytes_total;Restarts;ready_containers;Phase',
    'api-0;shop;2026-11-19 10:00:00;250m;512Mi;1Gi;1000;3;1;Running',
    'api-0;shop;2026-11-19 11:00:00;lots;0.5Gi;1Gi;2000;4;1;Pending',
    'api-0;shop;yesterday;1;1;1;1;1;1;Running',
    'api-0;shop;1763553600;NaN;600Mi;1Gi;2500;0;1;Running',
  ].join('\n')
  expect(await call(recordMetrics, { cluster: 'home', csv }, context)).toEqual({
    ...counts,
    series: 6,
    recorded: 16,
    problems: ['line 3, CPU: "lots" is no quantity', 'line 4: "yesterday" is no time'],
  })
  const stored = await context.memory.series({ cluster: 'home' }, 10)
  expect(stored.map(({ metric, type, unit, limit, labels: own }) => [metric, type, unit, limit, own])).toEqual([
    ['cpu', 'gauge', 'cores', null, { name: 'api-0', namespace: 'shop' }],
    ['memory', 'gauge', 'bytes', 2 ** 30, { name: 'api-0', namespace: 'shop' }],
    ['network_rx', 'counter', 'bytes', null, { name: 'api-0', namespace: 'shop' }],
    ['restarts', 'counter', '', null, { name: 'api-0', namespace: 'shop' }],
    ['ready_containers', 'gauge', '', null, { name: 'api-0', namespace: 'shop' }],
    ['phase', 'gauge', '', null, { name: 'api-0', namespace: 'shop' }],
  ])
  const memory = await context.memory.points(stored[1]!, Date.parse('2026-11-19T00:00:00Z'))
  expect(memory.map(({ value }) => value)).toEqual([2 ** 29, 2 ** 29])
})

test('says what a file lacks', async () => {
  const context = await testContext()
  await expect(call(recordMetrics, { cluster: 'home', csv: 'pod,cpu\na,1' }, context)).rejects.toThrow(
    'column with a time',
  )
  await expect(call(recordMetrics, { cluster: 'home', csv: 'time,pod\n1,a' }, context)).rejects.toThrow(
    'column with a metric',
  )
  await expect(call(recordMetrics, { cluster: 'home', csv: 'time,cpu\n"1,2' }, context)).rejects.toThrow(
    'cannot be read',
  )
})

test('old readings are folded into means of gauges and growth of counters, some at each write', async () => {
  const context = await testContext()
  const start = Date.parse('2026-01-01T00:00:00Z')
  const hours = 24 * 200
  for (const [metric, type] of [
    ['memory', 'gauge'],
    ['restarts', 'counter'],
  ] as const) {
    for (let from = 0; from < 2 * hours; from += 4800) {
      // Two readings an hour; the counter is reset each day.
      const points = Array.from({ length: 4800 }, (_, index) => ({
        at: new Date(start + ((from + index) * hour) / 2).toISOString(),
        value: type === 'gauge' ? (from + index) % 2 : (from + index) % 48,
      }))
      await call(recordMetrics, { cluster: 'home', series: [{ metric, labels, type, points }] }, context)
    }
  }
  const nudge = (index: number) => [{ at: new Date(start + hours * hour + index * 1000).toISOString(), value: 0 }]
  for (let write = 0; write < 200; write += 1)
    await call(
      recordMetrics,
      { cluster: 'home', series: [{ metric: 'memory', labels, points: nudge(write) }] },
      context,
    )
  const [memory, restarts] = await context.memory.series({}, 10)
  const means = await context.memory.points(memory!, 0)
  expect(means.length).toBeLessThan((2 * hours * 3) / 4)
  // Days, then hours, then readings.
  expect(means[0]).toMatchObject({ at: start, value: 0.5 })
  expect(means[1]!.at - means[0]!.at).toBe(day)
  expect(means.find(({ at }) => at >= start + 60 * day)).toMatchObject({ value: 0.5 })
  expect(means.at(-300)!.at - means.at(-301)!.at).toBe(hour / 2)
  const counted = await context.memory.points(restarts!, 0)
  // 47 grown within each day, and none by its reset to 0.
  const grown = counted.at(-1)!.value - counted[0]!.value
  expect(grown).toBe(47 * 199)
  const old = { metric: 'memory', labels, points: [{ at: new Date(start + hour).toISOString(), value: 7 }] }
  expect(await call(recordMetrics, { cluster: 'home', series: [old] }, context)).toEqual({ ...counts, tooOld: 1 })
})
