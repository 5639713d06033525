import type { KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { withLeanEvents } from './lean-events.ts'

const events = { plural: 'events', group: '' } as ResourceType

function event(kind: string, name: string): KubernetesObject {
  return {
    metadata: { name: `${name}.1`, namespace: 'shop', managedFields: [] },
    involvedObject: { kind, namespace: 'shop', name },
  }
}

async function* listed(): AsyncGenerator<KubernetesObject> {
  yield* [event('Pod', 'read'), event('Pod', 'unread'), event('Node', 'unread')]
}

async function names(pods: readonly Pod[] | undefined, type = events): Promise<string[]> {
  const client = withLeanEvents({ list: listed } as unknown as KubeClient, Promise.resolve(pods))
  const items = client.list(type, { signal: new AbortController().signal })
  return (await collect(items)).map(({ metadata }) => metadata.name)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('events of a look', () => {
  const read = [{ metadata: { name: 'read', namespace: 'shop' } } as Pod]

  it('leave out those about pods that were not read', async () => {
    expect(await names(read)).toEqual(['read.1', 'unread.1'])
  })

  it('are all kept when the pods could not be read', async () => {
    expect(await names(undefined)).toHaveLength(3)
  })

  it('are told from their namesakes of another group', async () => {
    expect(await names(read, { ...events, group: 'events.k8s.io' })).toHaveLength(3)
  })

  it('come without what no rule reads', async () => {
    const client = withLeanEvents({ list: listed } as unknown as KubeClient, Promise.resolve(read))
    const [first] = await collect(client.list(events, { signal: new AbortController().signal }))
    expect(first?.metadata).toEqual({ name: 'read.1', namespace: 'shop' })
  })
})
