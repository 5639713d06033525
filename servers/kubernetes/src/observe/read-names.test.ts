import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readKinds } from './read-kinds.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVyMg=="}}' }
const named = (name: string, namespace = 'shop') => ({
  metadata: { name, namespace, annotations, managedFields: [{}] },
})
const namesOf = (items: object[]) => ({ body: { kind: 'PartialObjectMetadataList', items } })
const corefile = { metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile: '.:53 {}' } }

async function read(routes: FakeRoutes) {
  api = await startFakeApi(routes)
  const client = await api.context.client(undefined)
  const { signal } = fakeCall()
  const { objects, coverage } = await readKinds(client, await client.discovery(signal), undefined, signal)
  return { objects, coverageOf: (kind: string) => coverage.find(({ source }) => source === kind) }
}

describe('kinds of which only names are read', () => {
  it('are kept by name alone, whatever their annotations hold', async () => {
    const { objects, coverageOf } = await read({ '/api/v1/secrets': namesOf([named('db')]) })
    expect(objects.secrets).toEqual([{ metadata: { name: 'db', namespace: 'shop' } }])
    expect(coverageOf('secrets')).toEqual({ source: 'secrets', status: 'ok', detail: '1 read' })
  })

  it('are not read whole when the server has no form for names', async () => {
    const whole = { body: { kind: 'SecretList', items: [{ ...named('db'), data: { password: 'aHVudGVyMg==' } }] } }
    const { objects, coverageOf } = await read({ '/api/v1/secrets': whole })
    expect(objects.secrets).toEqual([])
    expect(coverageOf('secrets')?.status).toBe('error')
  })

  it('are no gap when they are Secrets and forbidden, and are one otherwise', async () => {
    const forbidden = { status: 403, body: statusBody('is forbidden: User "viewer" cannot list', 'Forbidden') }
    const { coverageOf } = await read({ '/api/v1/secrets': forbidden, '/api/v1/configmaps': forbidden })
    expect(coverageOf('secrets')).toBeUndefined()
    expect(coverageOf('configmaps')?.status).toBe('forbidden')
  })

  it('hold the configuration of the DNS server whole, when it may be read', async () => {
    const configmaps = namesOf([named('settings'), named('coredns', 'kube-system'), named('coredns')])
    const path = '/api/v1/namespaces/kube-system/configmaps/coredns'
    const { objects } = await read({ '/api/v1/configmaps': configmaps, [path]: { body: corefile } })
    expect(objects.configmaps).toEqual([
      { metadata: { name: 'settings', namespace: 'shop' } },
      corefile,
      { metadata: { name: 'coredns', namespace: 'shop' } },
    ])
    await api?.close()
    const { objects: without } = await read({ '/api/v1/configmaps': configmaps })
    expect(without.configmaps[1]).toEqual({ metadata: { name: 'coredns', namespace: 'kube-system' } })
  })
})
