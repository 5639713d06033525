import { expect, it } from 'vitest'
import { fakeCall, startFakeApi } from '../kube/fake-api.ts'
import { listContexts } from './list-contexts.ts'

it('lists contexts without addresses or credentials, and asks no cluster', async () => {
  const api = await startFakeApi({})
  const answer = listContexts.output.parse(await listContexts.run({}, api.context, fakeCall()))
  expect(answer).toEqual({
    cluster: 'home-cluster',
    context: 'home',
    contexts: [{ name: 'home', cluster: 'home-cluster', namespace: 'shop', current: true }],
    omitted: 0,
  })
  expect(JSON.stringify(answer)).not.toMatch(/fake-token|127\.0\.0\.1/)
  expect(api.requests).toEqual([])
  await api.close()
})

it('stays within bounds with very many contexts, the current one first', async () => {
  const contexts = Array.from({ length: 2000 }, (_, index) => ({
    name: `context-${index}`,
    cluster: 'c',
    namespace: 'default',
    current: index === 1500,
  }))
  const context = { contexts: async () => contexts } as Parameters<typeof listContexts.run>[1]
  const answer = listContexts.output.parse(await listContexts.run({}, context, fakeCall()))
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  expect(answer.contexts[0]!.name).toBe('context-1500')
  expect(answer.omitted).toBe(2000 - answer.contexts.length)
})
