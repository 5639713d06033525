import { afterEach, describe, expect, it } from 'vitest'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readCustomResources } from './custom-resources.ts'
import { readKinds } from './read-kinds.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

const resource = (plural: string, responseKind: string, scope = 'Namespaced') => ({
  resource: plural,
  responseKind: { kind: responseKind },
  scope,
  singularResource: responseKind.toLowerCase(),
  verbs: ['get', 'list'],
})
const groups = [
  [
    'cert-manager.io',
    'v1',
    [resource('certificates', 'Certificate'), resource('clusterissuers', 'ClusterIssuer', 'Cluster')],
  ],
  ['example.com', 'v1', [resource('widgets', 'Widget')]],
] as const
const discovery = {
  body: {
    kind: 'APIGroupDiscoveryList',
    items: groups.map(([name, version, resources]) => ({ metadata: { name }, versions: [{ version, resources }] })),
  },
}
const certificates = '/apis/cert-manager.io/v1/certificates'
const issuers = '/apis/cert-manager.io/v1/clusterissuers'
const certificate = { metadata: { name: 'web', namespace: 'shop', managedFields: [{}] } }
const listOf = (items: object[], metadata: object = {}) => ({ body: { items, metadata } })

async function start(routes: FakeRoutes) {
  api = await startFakeApi({ '/apis': discovery, [issuers]: listOf([]), ...routes })
  const client = await api.context.client(undefined)
  const { signal } = fakeCall()
  return { api, client, discovered: await client.discovery(signal), signal }
}

describe('readCustomResources', () => {
  it('reads the well-known types a cluster offers, with their kind, and no others', async () => {
    const { api: fake, client, discovered, signal } = await start({ [certificates]: listOf([certificate]) })
    const { items, coverage } = await readCustomResources(client, discovered, undefined, signal)
    expect(items).toEqual<Partial<KubernetesObject>[]>([
      { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'web', namespace: 'shop' } },
    ])
    expect(coverage).toEqual([
      { source: 'certificates.cert-manager.io', status: 'ok', detail: '1 read' },
      { source: 'clusterissuers.cert-manager.io', status: 'ok', detail: '0 read' },
    ])
    expect(fake.requests.some((path) => path.includes('widgets'))).toBe(false)
  })

  it('stops after one page and says so', async () => {
    const {
      api: fake,
      client,
      discovered,
      signal,
    } = await start({
      [certificates]: listOf([certificate], { continue: 'more' }),
    })
    const { coverage } = await readCustomResources(client, discovered, undefined, signal)
    expect(coverage[0]).toMatchObject({ status: 'partial', detail: 'the first 1 read, there are more' })
    expect(fake.requests.filter((path) => path.startsWith(certificates))).toHaveLength(1)
  })

  it('makes a gap of a type it may not read, and reads the others', async () => {
    const forbidden = { status: 403, body: statusBody('certificates is forbidden', 'Forbidden') }
    const { client, discovered, signal } = await start({ [certificates]: forbidden })
    const { coverage } = await readCustomResources(client, discovered, undefined, signal)
    expect(coverage.map(({ status }) => status)).toEqual(['forbidden', 'ok'])
  })

  it('narrows types that have namespaces, and hands all to the snapshot', async () => {
    const narrowed = '/apis/cert-manager.io/v1/namespaces/shop/certificates'
    const { client, discovered, signal } = await start({ [narrowed]: listOf([certificate]) })
    const { objects, coverage } = await readKinds(client, discovered, 'shop', signal)
    expect(objects.customresources).toHaveLength(1)
    expect(coverage).toContainEqual({ source: 'certificates.cert-manager.io', status: 'ok', detail: '1 read' })
  })
})
