import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, fakeNow, startFakeApi, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { listEvents } from './list-events.ts'

let api: FakeApi

afterEach(() => api.close())

async function start(routes: FakeRoutes): Promise<void> {
  api = await startFakeApi(routes)
}

async function list(args: object) {
  const answer = await listEvents.run(listEvents.input.parse(args), api.context, fakeCall())
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return listEvents.output.parse(answer)
}

function ago(minutes: number): string {
  return new Date(fakeNow - minutes * 60_000).toISOString()
}

function event(name: string, minutes: number, message = 'Back-off restarting') {
  return {
    metadata: { name },
    type: 'Warning',
    reason: 'BackOff',
    message,
    involvedObject: { kind: 'Pod', namespace: 'shop', name },
    firstTimestamp: ago(minutes + 5),
    lastTimestamp: ago(minutes),
    count: 2,
  }
}

describe('list_events', () => {
  it('asks the server for what is wanted, by any name of the kind', async () => {
    await start({ '/api/v1/namespaces/shop/events': { body: { items: [event('web-1', 3)] } } })
    const answer = await list({ namespace: 'shop', kind: 'po', name: 'web-1' })
    expect(api.requests.at(-1)).toBe(
      '/api/v1/namespaces/shop/events?limit=100&fieldSelector=type%3DWarning%2CinvolvedObject.kind%3DPod%2CinvolvedObject.name%3Dweb-1',
    )
    expect(answer).toMatchObject({
      cluster: 'home-cluster',
      takenAt: '2026-11-21T01:10:00Z',
      events: [{ object: 'Pod/shop/web-1', count: 2, last: '2026-11-21T01:07:00Z' }],
      read: 1,
      omitted: 0,
      hint: '',
    })
    await start({ '/api/v1/events': { body: { items: [] } } })
    await list({ type: 'all' })
    expect(api.requests.at(-1)).toBe('/api/v1/events?limit=100')
  })

  it('shows the newest first whatever the order of the API, and how many more there are', async () => {
    await start({
      '/api/v1/events': { body: { items: [event('c', 50), event('a', 1), event('old', 90), event('b', 20)] } },
    })
    const answer = await list({ limit: 2 })
    expect(answer.events.map(({ object }) => object)).toEqual(['Pod/shop/a', 'Pod/shop/b'])
    expect(answer).toMatchObject({ read: 4, omitted: 1, hint: expect.stringContaining('1 more') })
    expect((await list({ since: '2h' })).events).toHaveLength(4)
  })

  it('holds its bounds in a storm of events with long messages', async () => {
    const items = Array.from({ length: 3000 }, (_, index) =>
      event(`web-${index}`, index % 50, `${index} ${'x'.repeat(900)}`),
    )
    await start({
      '/api/v1/events': (query) => {
        const from = Number(query.get('continue') ?? 0)
        return {
          body: {
            items: items.slice(from, from + 500),
            metadata: from + 500 < items.length ? { continue: String(from + 500) } : {},
          },
        }
      },
    })
    const answer = await list({ limit: 100 })
    expect(answer.read).toBe(3000)
    expect(answer.events.length + answer.omitted).toBe(3000)
  })

  it('is honest about nothing: no events, no namespace', async () => {
    await start({
      '/api/v1/namespaces/shop/events': { body: { items: [] } },
      '/api/v1/namespaces/nope/events': { body: { items: [] } },
      '/api/v1/namespaces/shop': { body: { metadata: { name: 'shop' } } },
    })
    expect((await list({ namespace: 'shop' })).hint).toContain('There are no Warning events of the last 1h')
    await expect(list({ namespace: 'nope' })).rejects.toThrow('The namespace "nope" does not exist')
  })

  it('refuses bad spans and names before any request', async () => {
    await start({})
    await expect(list({ since: 'yesterday' })).rejects.toThrow('is no span of time')
    await expect(list({ name: 'a,involvedObject.name=b' })).rejects.toThrow('is no name of a Kubernetes object')
    expect(api.requests).toEqual([])
  })
})
