import { incident } from '@kubevigil/core/assess/testing'
import { expect, test } from 'vitest'
import { compareCycles } from './compare-cycles.ts'
import { call, runCycle, testContext, whole } from './testing.ts'

const pods = (name: string, count: number) => incident(name, 1, 2, { members: { count, examples: [] } })
const partial = [...whole, { source: 'pods', status: 'timeout' as const, detail: '' }]

async function compared(looks: Parameters<typeof runCycle>[1][], asked: { from?: number; to?: number } = {}) {
  const context = await testContext()
  for (const incidents of looks) await runCycle(context, incidents)
  const answer = await call(compareCycles, asked, context)
  return { ...answer, rows: answer.rows.map(({ change, who }) => `${change} ${who}`) }
}

test('names what is new, worse, better, the same and gone', async () => {
  const { rows, counts, from, to } = await compared([
    [pods('n8n', 1), pods('loki', 5), pods('vault', 1), pods('mysql', 1)],
    [pods('n8n', 3), pods('loki', 2), pods('vault', 1), pods('oncall-agent', 1)],
  ])
  expect(rows).toEqual(['new oncall-agent', 'worse n8n', 'gone mysql', 'better loki', 'same vault'])
  expect(counts).toEqual({ new: 1, reopened: 0, worse: 1, notLookedAt: 0, gone: 1, better: 1, same: 1 })
  expect([from.id, to.id, to.partial]).toEqual([1, 2, false])
})

test('a partial look ends nothing and is named', async () => {
  const context = await testContext()
  await runCycle(context, [pods('n8n', 1), pods('loki', 1)])
  await runCycle(context, [pods('n8n', 1)], { coverage: partial })
  expect(await call(compareCycles, {}, context)).toMatchObject({
    to: { partial: true, gaps: ['pods (timeout)'] },
    counts: { notLookedAt: 1, gone: 0, same: 1 },
    rows: [{ change: 'notLookedAt', who: 'loki' }, { change: 'same' }],
  })
  await runCycle(context, [pods('n8n', 1), pods('loki', 1)])
  // It was never proved over, so its return is none.
  expect(await call(compareCycles, {}, context)).toMatchObject({ counts: { same: 2, reopened: 0, new: 0 } })
})

test('any two cycles: what came back is reopened, what came and went is gone', async () => {
  const looks = [[pods('n8n', 1)], [pods('mysql', 1)], [], [pods('n8n', 1)]]
  expect((await compared(looks, { from: 1, to: 4 })).rows).toEqual(['reopened n8n', 'gone mysql'])
})

test('says what is wrong with the cycles asked for', async () => {
  const context = await testContext()
  await runCycle(context, [])
  await expect(call(compareCycles, {}, context)).rejects.toThrow('no two recorded cycles')
  await runCycle(context, [], { cluster: 'other' })
  await expect(call(compareCycles, { from: 1, to: 2 }, context)).rejects.toThrow('looked at home and cycle 2 at other')
  await expect(call(compareCycles, { from: 9, to: 2 }, context)).rejects.toThrow('No cycle 9 is recorded')
  await expect(call(compareCycles, { from: 1, to: 1 }, context)).rejects.toThrow('not before')
})

test('many incidents stay within the budget', async () => {
  const context = await testContext()
  const many = Array.from({ length: 60 }, (_, n) => incident(`w-${n}`, 0, 1, { title: 't'.repeat(400) }))
  for (const part of [many.slice(0, 15), many.slice(15, 30), many.slice(30, 45), many.slice(45)])
    await runCycle(context, part, { coverage: partial })
  const answer = await call(compareCycles, { from: 1, to: 4 }, context)
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  expect(answer.rows.length + answer.omitted).toBe(Object.values(answer.counts).reduce((sum, count) => sum + count))
})
