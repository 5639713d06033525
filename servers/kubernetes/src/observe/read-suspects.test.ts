import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readSuspects } from './read-suspects.ts'

let api: FakeApi
afterEach(() => api.close())

const many = Array.from({ length: 200 }, (_, index) => `pod-${index}`)
const pod = (namespace: string, name: string) => ({ metadata: { namespace, name, managedFields: [{}] } })
const table = (names: readonly string[]) => ({
  body: { kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: names.map((name) => ({ cells: [name] })) },
})
const search = (query: URLSearchParams) => {
  const name = query.get('fieldSelector')?.replace('metadata.name=', '') ?? ''
  return { body: { items: [pod('somewhere', name)] } }
}
const refused = { status: 403, body: statusBody('pods is forbidden', 'Forbidden') }

async function read(names: readonly string[], routes: FakeRoutes, namespace?: string) {
  api = await startFakeApi(routes)
  const client = await api.context.client(undefined)
  const { signal } = fakeCall()
  const pods = await readSuspects(client, await client.type('pods', signal), namespace, new Set(names), signal)
  return pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
}

const objects = (namespace: string, names: readonly string[]): FakeRoutes =>
  Object.fromEntries(
    names.map((name) => [`/api/v1/namespaces/${namespace}/pods/${name}`, { body: pod(namespace, name) }]),
  )

describe('readSuspects', () => {
  it('searches the whole cluster for a few names', async () => {
    expect(await read(['a', 'b'], { '/api/v1/pods': search })).toEqual(['somewhere/a', 'somewhere/b'])
  })

  it('places many names first and reads each where it is, one name in two namespaces twice', async () => {
    const found = await read(many, {
      '/api/v1/namespaces': table(['shop', 'bank']),
      '/api/v1/namespaces/shop/pods': table([...many, 'healthy']),
      '/api/v1/namespaces/bank/pods': table(['pod-7', 'healthy']),
      ...objects('shop', many),
      ...objects('bank', ['pod-7']),
    })
    expect(found).toHaveLength(201)
    expect(found).toContain('bank/pod-7')
    expect(api.requests.some((request) => request.startsWith('/api/v1/pods'))).toBe(false)
  })

  it('searches for those it cannot place, and for all when namespaces may not be listed', async () => {
    const routes = { '/api/v1/pods': search, '/api/v1/namespaces/shop/pods': table(many.slice(1)) }
    const shop = objects('shop', many.slice(1))
    const found = await read(many, { ...routes, ...shop, '/api/v1/namespaces': table(['shop']) })
    expect(found.filter((key) => key.startsWith('somewhere/'))).toEqual(['somewhere/pod-0'])
    await api.close()
    expect(await read(many, { ...routes, '/api/v1/namespaces': refused })).toHaveLength(200)
  })

  it('reads by name in a namespace; what is gone meanwhile is left out', async () => {
    expect(await read(['a', 'gone'], objects('shop', ['a']), 'shop')).toEqual(['shop/a'])
  })

  it('lists a pod that it may list but not get', async () => {
    const routes = { '/api/v1/namespaces/shop/pods/a': refused, '/api/v1/namespaces/shop/pods': search }
    expect(await read(['a'], routes, 'shop')).toEqual(['somewhere/a'])
  })
})
