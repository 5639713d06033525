import { afterEach, describe, expect, it } from 'vitest'
import { startFakeApi, statusBody, type FakeApi, type FakeRoutes } from './fake-api.ts'

const signal = new AbortController().signal
let api: FakeApi

afterEach(() => api.close())

async function start(routes: FakeRoutes) {
  api = await startFakeApi(routes)
  return api.context.client(undefined)
}

function pods(...names: string[]) {
  return names.map((name) => ({ metadata: { name, namespace: 'shop' } }))
}

/** The limits of a list's first two pages when every object holds a text. */
async function limitsAsked(text: string): Promise<number[]> {
  const limits: number[] = []
  const kube = await start({
    '/api/v1/pods': (query) => {
      limits.push(Number(query.get('limit')))
      const names = Array.from({ length: limits.at(-1)! }, (_, index) => `${limits.length}-${index}`)
      const metadata = { continue: limits.length < 2 ? 'next' : '' }
      return { body: { items: pods(...names).map((item) => ({ ...item, text })), metadata } }
    },
  })
  for await (const _ of kube.list(await kube.type('pods', signal), { signal }));
  return limits
}

describe('client', () => {
  it('reads a list page by page, and again from the start when its token expires, each object once', async () => {
    let expired = false
    const kube = await start({
      '/api/v1/pods': (query) => {
        if (query.get('continue') === null) return { body: { items: pods('a', 'b'), metadata: { continue: 'next' } } }
        if (expired) return { body: { items: pods('b', 'c'), metadata: {} } }
        expired = true
        return { status: 410, body: statusBody('too old', 'Expired') }
      },
    })
    const names: string[] = []
    for await (const { metadata } of kube.list(await kube.type('pods', signal), { signal })) names.push(metadata.name)
    expect(names).toEqual(['a', 'b', 'c'])
  })

  it('asks for fewer objects a page when they are bulky, and for more when they are small', async () => {
    const [first, bulky] = await limitsAsked('x'.repeat(10_000))
    expect(bulky).toBeLessThan(first!)
    await api.close()
    const [, small] = await limitsAsked('')
    expect(small).toBeGreaterThan(first!)
  })

  it('asks what the server offers once, also for calls at the same time', async () => {
    const kube = await start({})
    await Promise.all([kube.type('pods', signal), kube.type('deploy', signal), kube.type('wd', signal)])
    expect(api.requests).toEqual(['/api', '/apis'])
  })

  it('does not let one caller that gives up spoil discovery for the others', async () => {
    const kube = await start({})
    const caller = new AbortController()
    const given = kube.type('pods', caller.signal).catch(() => 'gave up')
    const other = kube.type('pods', signal)
    caller.abort()
    await given
    await expect(other).resolves.toMatchObject({ kind: 'Pod' })
  })

  it('gives a page of a Table, and refuses a server without Tables', async () => {
    const kube = await start({
      '/api/v1/pods': {
        body: {
          kind: 'Table',
          columnDefinitions: [{ name: 'Name', priority: 0 }],
          rows: null,
          metadata: { remainingItemCount: 7 },
        },
      },
      '/api/v1/nodes': { body: { kind: 'NodeList', items: [] } },
    })
    const page = await kube.tablePage(await kube.type('pods', signal), { limit: 5, includeObject: 'None', signal })
    expect(page).toMatchObject({ rows: [], remaining: 7, next: undefined })
    const nodes = kube.tablePage(await kube.type('nodes', signal), { limit: 5, includeObject: 'None', signal })
    await expect(nodes).rejects.toMatchObject({ failure: 'invalid', status: undefined })
  })

  it('lists contexts with nothing but names', async () => {
    await start({})
    await expect(api.context.contexts()).resolves.toEqual([
      { name: 'home', cluster: 'home-cluster', namespace: 'shop', current: true },
    ])
  })
})
