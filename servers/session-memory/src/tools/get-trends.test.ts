import { incident } from '@kubevigil/core/assess/testing'
import { hour } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { getTrends } from './get-trends.ts'
import { call, runCycle, testContext, whole } from './testing.ts'
import type { MemoryContext } from '../context.ts'

const pods = (name: string, count: number) =>
  incident(name, 1, 2, { namespace: 'monitoring', members: { count, examples: [] } })
const partial = [...whole, { source: 'pods', status: 'timeout' as const, detail: '' }]

async function kinds(context: MemoryContext, asked: Parameters<typeof getTrends.run>[0] | object) {
  const answer = await call(getTrends, asked as { scope: 'cluster' }, context)
  return answer.verdicts.map(({ verdict }) => verdict)
}

test('the case of the project, from the file: 5, 13, 56 in a namespace', async () => {
  const context = await testContext()
  for (const incidents of [[pods('a', 5)], [pods('a', 8), pods('b', 5)], [pods('a', 26), pods('b', 30)]]) {
    await runCycle(context, incidents)
    context.clock.now += hour
  }
  const answer = await call(getTrends, { scope: 'namespace', name: 'monitoring' }, context)
  expect(answer).toMatchObject({
    cluster: 'home',
    looks: 3,
    incidents: 2,
    verdicts: [{ verdict: 'escalation', confidence: 'high', why: '5 → 13 → 56 affected.', numbers: { count: 56 } }],
  })
  expect(await kinds(context, { scope: 'service', name: 'b' })).toEqual(['escalation'])
  expect(await kinds(context, { scope: 'cluster' })).toEqual(['escalation'])
  expect(await kinds(context, { scope: 'namespace', name: 'other' })).toEqual(['steady'])
})

test('a partial look shows no recovery; flapping is one verdict', async () => {
  const context = await testContext()
  for (const step of [8, 8, 8, 0, 0]) {
    await runCycle(context, step === 0 ? [] : [pods('a', step)], { coverage: step === 0 ? partial : whole })
    context.clock.now += hour
  }
  expect(await kinds(context, { scope: 'cluster' })).toEqual(['steady'])
  for (let look = 0; look < 12; look++) {
    await runCycle(context, look % 2 === 0 ? [] : [pods('a', 1)])
    context.clock.now += hour
  }
  expect(await kinds(context, { scope: 'service', name: 'a' })).toEqual(['flapping'])
})

test('says what is wrong with a scope', async () => {
  const context = await testContext()
  await expect(call(getTrends, { scope: 'cluster' }, context)).rejects.toThrow('No cycle is recorded')
  await expect(call(getTrends, { scope: 'service' }, context)).rejects.toThrow('Which service is meant')
})
