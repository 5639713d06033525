import { afterEach, describe, expect, it } from 'vitest'
import { fakeCall, startFakeApi, statusBody, type FakeApi, type FakeRoutes } from '../kube/fake-api.ts'
import { readOtherTypes } from './other-types.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

const widgets = '/apis/example.com/v1beta1/widgets'
const failed = { metadata: { name: 'db', namespace: 'shop', managedFields: [{}] }, status: { phase: 'Failed' } }
const table = (column: string, ...cells: string[]) => ({
  body: {
    kind: 'Table',
    columnDefinitions: [{ name: 'Name' }, { name: column }],
    rows: cells.map((cell, index) => ({ cells: [`one-${index}`, cell] })),
  },
})
const discoveryOf = (group: string, resource: string, kind: string) => ({
  body: {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: group },
        versions: [
          {
            version: 'v1beta1',
            resources: [{ resource, responseKind: { kind }, scope: 'Namespaced', verbs: ['list'] }],
          },
        ],
      },
    ],
  },
})

async function read(routes: FakeRoutes, prepared: string[] = []) {
  api = await startFakeApi(routes)
  const client = await api.context.client(undefined)
  const { signal } = fakeCall()
  const seen = await readOtherTypes(client, await client.discovery(signal), new Set(prepared), undefined, signal)
  return { ...seen, requests: api.requests.filter((path) => path.includes('/v1beta1/')) }
}

describe('readOtherTypes', () => {
  it.each([
    ['Ready', 'False'],
    ['STATUS', 'ReconcileFailed'],
    ['Phase', 'Error'],
    ['Health', 'Degraded'],
    ['Degraded', 'True'],
    ['Health', 'red'],
    ['Health', 'HEALTH_ERR'],
    ['Robustness', 'faulted'],
    ['Phase', 'Unavailable'],
    ['Kept', 'any'],
  ])('reads a type whole when column %s says %s, or no column would tell', async (column, cell) => {
    const whole = (query: URLSearchParams) =>
      query.has('includeObject') ? table(column, 'fine', cell) : { body: { items: [failed] } }
    const { items, coverage } = await read({ [widgets]: whole })
    expect(items).toEqual([
      {
        apiVersion: 'example.com/v1beta1',
        kind: 'Widget',
        metadata: { name: 'db', namespace: 'shop' },
        status: failed.status,
      },
    ])
    expect(coverage).toEqual([{ source: 'other custom resources', status: 'ok', detail: '1 types looked at' }])
  })

  it.each([
    ['all objects say they are well', 'Ready', ['True', 'True']],
    ['nothing is degraded', 'Degraded', ['False']],
    ['there are none', 'Age', []],
  ])('reads no object when %s', async (_name, column, cells) => {
    const { items, requests } = await read({ [widgets]: table(column, ...cells) })
    expect(items).toEqual([])
    expect(requests).toHaveLength(1)
  })

  it('leaves alone groups that are prepared for, those of Kubernetes and namesakes of its kinds', async () => {
    expect((await read({ [widgets]: table('Ready', 'False') }, ['example.com'])).coverage).toEqual([])
    await api?.close()
    expect(
      (await read({ '/apis': discoveryOf('snapshot.storage.k8s.io', 'volumesnapshots', 'VolumeSnapshot') })).coverage,
    ).toEqual([])
    await api?.close()
    expect((await read({ '/apis': discoveryOf('serving.example.dev', 'pods', 'Pod') })).coverage).toEqual([])
  })

  it('reads a page whole where the server prints no columns', async () => {
    const { items, coverage } = await read({ [widgets]: { body: { kind: 'WidgetList', items: [failed] } } })
    expect(items).toHaveLength(1)
    expect(coverage.map(({ status }) => status)).toEqual(['ok'])
  })

  it('says so when a type has more objects than it reads', async () => {
    const body = { kind: 'WidgetList', items: [failed], metadata: { continue: 'more' } }
    const { coverage } = await read({ [widgets]: { body } })
    expect(coverage.map(({ detail }) => detail)).toEqual(['1 types looked at; not whole: widgets.example.com'])
  })

  it('makes a gap of what it may not read', async () => {
    const { coverage } = await read({
      [widgets]: { status: 403, body: statusBody('widgets is forbidden', 'Forbidden') },
    })
    expect(coverage.map(({ status }) => status)).toEqual(['forbidden'])
  })
})
