import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { listResources } from './list-resources.ts'

let api: FakeApi

afterEach(() => api.close())

async function start(routes: FakeRoutes): Promise<void> {
  api = await startFakeApi(routes)
}

async function list(args: object) {
  const answer = await listResources.run(listResources.input.parse(args), api.context, fakeCall())
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return listResources.output.parse(answer)
}

const columnDefinitions = [
  { name: 'Name', type: 'string', priority: 0 },
  { name: 'Status', type: 'string', priority: 0 },
  { name: 'Node', type: 'string', priority: 1 },
]

/** A server that pages `total` pods whose rows are as long as asked. */
function paged(total: number, status: string): FakeRoutes[string] {
  return (query) => {
    const from = Number(query.get('continue') ?? 0)
    const to = Math.min(total, from + Number(query.get('limit')))
    const rows = Array.from({ length: to - from }, (_, index) => ({
      cells: [`pod-${from + index}`, status, 'node-1'],
      object:
        query.get('includeObject') === 'Metadata'
          ? { metadata: { name: `pod-${from + index}`, namespace: 'shop' } }
          : null,
    }))
    const metadata = to < total ? { continue: String(to), remainingItemCount: total - to } : {}
    return { body: { kind: 'Table', columnDefinitions, rows, metadata } }
  }
}

describe('list_resources', () => {
  it('shows the columns of kubectl, by any name of the kind, with namespaces when all are asked for', async () => {
    await start({ '/api/v1/pods': paged(2, 'Running'), '/api/v1/namespaces/shop/pods': paged(1, 'Running') })
    for (const kind of ['pods', 'Pod', 'po']) {
      expect(await list({ kind })).toMatchObject({
        cluster: 'home-cluster',
        context: 'home',
        kind: 'pods',
        columns: ['Namespace', 'Name', 'Status'],
        rows: [
          ['shop', 'pod-0', 'Running'],
          ['shop', 'pod-1', 'Running'],
        ],
        remaining: 0,
        nextCursor: null,
        hint: '',
      })
    }
    expect(await list({ kind: 'po', namespace: 'shop' })).toMatchObject({
      columns: ['Name', 'Status'],
      rows: [['pod-0', 'Running']],
    })
    expect(api.requests.at(-1)).toBe('/api/v1/namespaces/shop/pods?limit=50&includeObject=None')
  })

  it('pages through everything once, however long the rows are', async () => {
    await start({ '/api/v1/pods': paged(700, 'x'.repeat(150)) })
    const names: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ kind: 'pods', limit: 200, ...(cursor === undefined ? {} : { cursor }) })
      names.push(...page.rows.map((row) => row[1]!))
      expect(page.remaining).toBe(700 - names.length)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(names).toEqual(Array.from({ length: 700 }, (_, index) => `pod-${index}`))
  })

  it('says so when rows do not fit and the server cannot page', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => ({ cells: [`pod-${index}`, 'x'.repeat(100), 'n'] }))
    await start({
      '/apis/example.com/v1beta1/widgets': { body: { kind: 'Table', columnDefinitions, rows, metadata: {} } },
    })
    const page = await list({ kind: 'widgets' })
    expect(page.hint).toContain(`${3000 - page.rows.length} more rows do not fit`)
  })

  it('refuses a cursor of another query', async () => {
    await start({ '/api/v1/pods': paged(100, 'Running'), '/api/v1/namespaces/shop/pods': paged(100, 'Running') })
    const { nextCursor } = await list({ kind: 'pods', limit: 10 })
    await expect(list({ kind: 'pods', namespace: 'shop', cursor: nextCursor })).rejects.toThrow(
      'belongs to another query',
    )
    await expect(list({ kind: 'pods', labelSelector: 'a=b', cursor: nextCursor })).rejects.toThrow(
      'belongs to another query',
    )
    await expect(list({ kind: 'pods', cursor: 'zzz' })).rejects.toThrow('not valid')
  })

  it('lists by name and age when the server gives no Table', async () => {
    const items = [{ metadata: { name: 'a', namespace: 'shop', creationTimestamp: '2026-11-21T01:00:00Z' } }]
    await start({ '/apis/example.com/v1beta1/widgets': { body: { kind: 'WidgetList', items } } })
    expect(await list({ kind: 'wd' })).toMatchObject({
      kind: 'widgets.example.com',
      columns: ['Namespace', 'Name', 'Created At'],
      rows: [['shop', 'a', '2026-11-21T01:00:00Z']],
    })
  })

  it('tells nothing found from nothing there', async () => {
    const empty = { body: { kind: 'Table', columnDefinitions, rows: [], metadata: {} } }
    await start({
      '/api/v1/namespaces/shop/pods': empty,
      '/api/v1/namespaces/shpo/pods': empty,
      '/api/v1/namespaces/hidden/pods': empty,
      '/api/v1/namespaces/shop': { body: { metadata: { name: 'shop' } } },
      '/api/v1/namespaces/hidden': { status: 403, body: statusBody('namespaces "hidden" is forbidden', 'Forbidden') },
      '/api/v1/namespaces': { body: { kind: 'Table', columnDefinitions, rows: [{ cells: ['shop', 'Active', ''] }] } },
    })
    expect((await list({ kind: 'pods', namespace: 'shop', labelSelector: 'app=x' })).hint).toBe(
      'There are no pods that match the selector in namespace shop.',
    )
    await expect(list({ kind: 'pods', namespace: 'shpo' })).rejects.toThrow(
      expect.objectContaining({
        message: 'The namespace "shpo" does not exist in cluster "home-cluster".',
        hint: 'Near names: shop.',
      }),
    )
    expect((await list({ kind: 'pods', namespace: 'hidden' })).hint).toContain('could not be checked')
  })

  it('passes on what the API says of a bad selector, and asks no namesake of it', async () => {
    await start({ '/api/v1/pods': { status: 400, body: statusBody("found 'inn', expected: in", 'BadRequest') } })
    await expect(list({ kind: 'pods', labelSelector: 'a inn (b)' })).rejects.toThrow("found 'inn', expected: in")
    expect(api.requests.filter((path) => path.startsWith('/api/v1/pods'))).toHaveLength(1)
  })

  it('refuses kinds that cannot be listed, unknown ones and bad namespaces in words', async () => {
    await start({})
    await expect(list({ kind: 'bindings' })).rejects.toThrow('cannot be listed')
    await expect(list({ kind: 'podz' })).rejects.toThrow(expect.objectContaining({ hint: 'Near names: pods.' }))
    for (const namespace of ['..', 'a/b', '$(id)'])
      await expect(list({ kind: 'pods', namespace })).rejects.toThrow('is no namespace name')
    expect(api.requests).toEqual(['/api', '/apis'])
  })
})
