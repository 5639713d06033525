import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { getResource } from './get-resource.ts'

let api: FakeApi

afterEach(() => api.close())

async function start(routes: FakeRoutes): Promise<void> {
  api = await startFakeApi(routes)
}

async function get(args: object) {
  const answer = await getResource.run(getResource.input.parse(args), api.context, fakeCall())
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  return getResource.output.parse(answer)
}

const web = {
  metadata: { name: 'web', namespace: 'shop', managedFields: [{}] },
  spec: { replicas: 2 },
  status: { readyReplicas: 1 },
}
const names = (...all: string[]) => ({
  body: {
    kind: 'Table',
    columnDefinitions: [{ name: 'Name', type: 'string', priority: 0 }],
    rows: all.map((name) => ({ cells: [name] })),
  },
})
/** All objects of a kind, filtered by the one field selector the tool uses. */
const listOf =
  (...items: (typeof web)[]): FakeRoutes[string] =>
  (query) => ({
    body: { items: items.filter(({ metadata }) => query.get('fieldSelector') === `metadata.name=${metadata.name}`) },
  })

describe('get_resource', () => {
  it('gives one object with its type, without bookkeeping', async () => {
    await start({ '/apis/apps/v1/namespaces/shop/deployments/web': { body: web } })
    expect(await get({ kind: 'deploy', name: 'web', namespace: 'shop' })).toEqual({
      cluster: 'home-cluster',
      context: 'home',
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { replicas: 2 },
        status: { readyReplicas: 1 },
      },
      notes: [],
    })
    expect((await get({ kind: 'deploy', name: 'web', namespace: 'shop', part: 'status' })).object).not.toHaveProperty(
      'spec',
    )
  })

  it('masks a Secret even where the server leaves its kind out', async () => {
    const value = Buffer.from('hunter2-canary').toString('base64')
    await start({
      '/api/v1/namespaces/shop/secrets/db': { body: { metadata: { name: 'db' }, data: { password: value } } },
    })
    const answer = JSON.stringify(await get({ kind: 'secret', name: 'db', namespace: 'shop' }))
    expect(answer).toContain('<redacted:secret 14 bytes>')
    expect(answer).not.toContain(value)
  })

  it('finds an object without its namespace when the name is unique, and lists the namespaces when not', async () => {
    const other = { ...web, metadata: { ...web.metadata, namespace: 'data' } }
    await start({ '/apis/apps/v1/deployments': listOf(web), '/api/v1/configmaps': listOf(web, other) })
    expect((await get({ kind: 'deployment', name: 'web' })).object).toMatchObject({
      kind: 'Deployment',
      metadata: { namespace: 'shop' },
    })
    await expect(get({ kind: 'cm', name: 'web' })).rejects.toThrow(
      expect.objectContaining({
        message: 'There is more than one ConfigMap "web".',
        hint: 'Name its namespace, one of: shop, data.',
      }),
    )
  })

  it('asks for the namespace when it may not look in all of them', async () => {
    await start({ '/apis/apps/v1/deployments': { status: 403, body: statusBody('forbidden', 'Forbidden') } })
    await expect(get({ kind: 'deploy', name: 'web' })).rejects.toThrow(
      expect.objectContaining({ hint: 'Name its namespace.' }),
    )
  })

  it('suggests near names and other namespaces for an object that is not there', async () => {
    await start({
      '/api/v1/namespaces/shop': { body: { metadata: { name: 'shop' } } },
      '/apis/apps/v1/namespaces/shop/deployments': names('web-frontend', 'cart'),
      '/apis/apps/v1/deployments': listOf({
        ...web,
        metadata: { ...web.metadata, name: 'web-fronted', namespace: 'data' },
      }),
      '/api/v1/namespaces': names('shop', 'data'),
      '/api/v1/nodes': names('node-1', 'node-2'),
    })
    await expect(get({ kind: 'deploy', name: 'web-fronted', namespace: 'shop' })).rejects.toThrow(
      expect.objectContaining({
        message: 'There is no Deployment "web-fronted" in namespace "shop" in cluster "home-cluster".',
        hint: 'There is one in namespace data. Near names: web-frontend.',
      }),
    )
    await expect(get({ kind: 'deploy', name: 'web', namespace: 'shpo' })).rejects.toThrow(
      'The namespace "shpo" does not exist',
    )
    await expect(get({ kind: 'node', name: 'node-3' })).rejects.toThrow(
      expect.objectContaining({ hint: 'Near names: node-1, node-2.' }),
    )
  })

  it('sends no request for a name that is none', async () => {
    await start({})
    for (const name of ['..', 'deployment/web', 'a;b', 'x y', '%2e%2e']) {
      await expect(get({ kind: 'deploy', name, namespace: 'shop' })).rejects.toThrow(
        'is no name of a Kubernetes object',
      )
    }
    expect(api.requests).toEqual([])
  })

  it('shows the summary of an object that is too big', async () => {
    const spec = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `key-${index}`,
        Array.from({ length: 300 }, () => ({ a: 'z'.repeat(500) })),
      ]),
    )
    await start({
      '/apis/example.com/v1beta1/namespaces/shop/widgets/big': {
        body: { metadata: { name: 'big', namespace: 'shop' }, spec, status: { phase: 'Ready' } },
      },
    })
    const { notes } = await get({ kind: 'wd', name: 'big', namespace: 'shop' })
    expect(notes).toHaveLength(1)
  })
})
