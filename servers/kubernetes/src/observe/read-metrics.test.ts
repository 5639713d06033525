import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { observedKinds, type ClusterSnapshot, type Coverage } from '@kubevigil/core/observe'
import { describe, expect, it } from 'vitest'
import type { KubeClient, ListOptions } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { withMetrics } from './read-metrics.ts'

const group = 'metrics.k8s.io'
const types = [
  { group, plural: 'nodes' },
  { group, plural: 'pods' },
] as ResourceType[]
const signal = new AbortController().signal
const answers: Record<string, object[]> = {
  nodes: [{ metadata: { name: 'node-1' }, usage: { cpu: '250m', memory: '1Gi' } }],
  pods: [
    {
      metadata: { namespace: 'shop', name: 'web-1', labels: { app: 'web' } },
      containers: [{ name: 'app', usage: { cpu: '1500000n', memory: '64Mi' } }, { name: 'new' }],
    },
  ],
}

/** A client whose lists fail where `failing` says so, and the lists that were asked for. */
function clientWith(failing: Partial<Record<string, Error>> = {}, discovery: object = { types, stale: [] }) {
  const asked: { plural: string; namespace: string | undefined }[] = []
  async function* list({ plural }: ResourceType, { namespace }: ListOptions): AsyncGenerator<KubernetesObject> {
    asked.push({ plural, namespace })
    const error = failing[plural]
    if (error !== undefined) throw error
    yield* answers[plural] as KubernetesObject[]
  }
  return { client: { discovery: async () => discovery, list } as unknown as KubeClient, asked }
}

function snapshotWith(total: number, api: Coverage['status'] = 'ok'): ClusterSnapshot {
  return {
    cluster: 'home',
    takenAt: '2026-11-21T01:00:00Z',
    coverage: [{ source: 'api', status: api, detail: '' }],
    objects: Object.fromEntries(observedKinds.map((kind) => [kind, []])) as unknown as ClusterSnapshot['objects'],
    census: { total, byNode: new Map(), unreadLike: new Map() },
  }
}

const metricsOf = ({ coverage }: ClusterSnapshot) => coverage.find(({ source }) => source === 'metrics')
const forbidden = new KubeError('forbidden', 'nodes.metrics.k8s.io is forbidden.', 'Grant it.')

describe('metrics of a snapshot', () => {
  it('are read in plain units, missing ones as nothing', async () => {
    const { client } = clientWith()
    const read = await withMetrics(client, snapshotWith(10), signal)
    expect(read.metrics?.nodes.get('node-1')).toEqual({ cpu: 0.25, memory: 2 ** 30 })
    expect(read.metrics?.pods).toEqual([
      {
        namespace: 'shop',
        name: 'web-1',
        labels: { app: 'web' },
        containers: new Map([
          ['app', { cpu: 0.0015, memory: 64 * 2 ** 20 }],
          ['new', { cpu: 0, memory: 0 }],
        ]),
      },
    ])
    expect(metricsOf(read)).toEqual({ source: 'metrics', status: 'ok', detail: '' })
  })

  it('are those of nodes alone where pods are too many', async () => {
    const { client, asked } = clientWith()
    const read = await withMetrics(client, snapshotWith(2001), signal)
    expect(asked).toEqual([{ plural: 'nodes', namespace: undefined }])
    expect(metricsOf(read)).toMatchObject({ status: 'partial', detail: expect.stringContaining('2001 pods') })
  })

  it('keep to the namespace asked for', async () => {
    const { client, asked } = clientWith()
    await withMetrics(client, { ...snapshotWith(10), namespace: 'shop' }, signal)
    expect(asked).toContainEqual({ plural: 'pods', namespace: 'shop' })
  })

  it('say what was refused, and keep what was not', async () => {
    const { client } = clientWith({ nodes: forbidden })
    const read = await withMetrics(client, snapshotWith(10), signal)
    expect(metricsOf(read)).toMatchObject({ status: 'forbidden' })
    expect(read.metrics?.pods).toHaveLength(1)
  })

  it.each([
    ['absent', []],
    ['error', [`${group}/v1beta1`]],
  ])('are %s when the group lists no types and these are stale: %j', async (status, stale) => {
    const { client } = clientWith({}, { types: [], stale })
    const read = await withMetrics(client, snapshotWith(10), signal)
    expect(metricsOf(read)?.status).toBe(status)
    expect(read.metrics).toBeUndefined()
  })

  it('are not asked of an API server that could not be read', async () => {
    const { client, asked } = clientWith()
    const unread = snapshotWith(0, 'error')
    expect(await withMetrics(client, unread, signal)).toBe(unread)
    expect(asked).toEqual([])
  })
})
