import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readKinds } from './read-kinds.ts'

let api: FakeApi
afterEach(() => api.close())

const event = (name: string, kind: string) => ({ metadata: { name }, involvedObject: { kind, name } })

async function eventsOf(routes: FakeRoutes) {
  api = await startFakeApi(routes)
  const client = await api.context.client(undefined)
  const { signal } = fakeCall()
  const { objects, coverage } = await readKinds(client, await client.discovery(signal), undefined, signal)
  return {
    names: objects.events.map(({ metadata }) => metadata.name),
    coverage: coverage.find(({ source }) => source === 'events'),
  }
}

describe('readKinds', () => {
  it('reads warnings of everything, and of nodes what is told as normal, each once', async () => {
    const bySelector: Record<string, ReturnType<typeof event>[]> = {
      'type=Warning': [event('backoff', 'Pod'), event('rebooted', 'Node')],
      'type!=Warning,involvedObject.kind=Node': [event('node-not-ready', 'Node')],
    }
    const events = (query: URLSearchParams) => ({ body: { items: bySelector[query.get('fieldSelector') ?? ''] ?? [] } })
    expect(await eventsOf({ '/api/v1/events': events })).toEqual({
      names: ['backoff', 'rebooted', 'node-not-ready'],
      coverage: { source: 'events', status: 'ok', detail: '3 read' },
    })
  })

  it('makes one gap of events that may not be read', async () => {
    const refused = { status: 403, body: statusBody('events is forbidden', 'Forbidden') }
    expect((await eventsOf({ '/api/v1/events': refused })).coverage).toMatchObject({ status: 'forbidden' })
  })
})
