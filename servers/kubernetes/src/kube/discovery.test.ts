import { describe, expect, it } from 'vitest'
import { discover, pathOf, resolveType, type ResourceType } from './discovery.ts'
import { KubeError } from './errors.ts'
import type { Transport } from './http.ts'

const signal = new AbortController().signal

function transportOf(answers: Record<string, unknown>): Transport {
  return {
    server: 'https://fake',
    bytesRead: () => 0,
    request: async (path) => {
      if (!(path in answers)) throw new KubeError('server', `no ${path}`, '')
      const answer = answers[path]
      return typeof answer === 'string' ? answer : JSON.stringify(answer)
    },
  }
}

function type(group: string, plural: string, kind: string, shortNames: string[] = []): ResourceType {
  return {
    group,
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    shortNames,
    namespaced: true,
    verbs: ['list'],
  }
}

const types = [
  type('metrics.k8s.io', 'pods', 'PodMetrics'),
  type('example.com', 'pods', 'Pod'),
  type('', 'pods', 'Pod', ['po']),
  { ...type('', 'componentstatuses', ''), singular: '', kind: '' },
  type('apps', 'deployments', 'Deployment', ['deploy']),
  type('argoproj.io', 'applications', 'Application', ['app']),
]

describe('resolveType', () => {
  it.each(['pods', 'Pod', 'po', ' PODS '])('finds the core kind by %j, whatever namesakes there are', (name) => {
    expect(resolveType({ types, stale: [] }, name)).toMatchObject({ group: '', plural: 'pods' })
  })

  it('takes the group behind a dot', () => {
    expect(resolveType({ types, stale: [] }, 'pods.metrics.k8s.io').group).toBe('metrics.k8s.io')
  })

  it('names near kinds for a typo, and none for an empty name', () => {
    expect(() => resolveType({ types, stale: [] }, 'deploymnt')).toThrow(/offers no kind "deploymnt"/)
    expect(() => resolveType({ types, stale: [] }, '  ')).toThrow(/offers no kind/)
    expect(() => resolveType({ types, stale: [] }, 'aplications')).toThrow(
      expect.objectContaining({ hint: 'Near names: applications.' }),
    )
  })
})

describe('pathOf', () => {
  it('escapes names', () => {
    expect(pathOf(types[2]!, 'shop', 'a b?c#d')).toBe('/api/v1/namespaces/shop/pods/a%20b%3Fc%23d')
    expect(pathOf(types[4]!, undefined, undefined)).toBe('/apis/apps/v1/deployments')
  })

  it.each(['..', '.', '', 'a/b', '%2e%2e'])('refuses %j, which a URL would resolve to another path', (name) => {
    expect(() => pathOf(types[2]!, name)).toThrow(/no name of a Kubernetes object/)
    expect(() => pathOf(types[2]!, 'shop', name)).toThrow(/no name of a Kubernetes object/)
  })
})

describe('discover', () => {
  it('reads the aggregated form in preferred versions and tells stale groups', async () => {
    const group = {
      metadata: { name: 'apps' },
      versions: [
        {
          version: 'v2',
          resources: [{ resource: 'deployments', responseKind: { kind: 'Deployment' }, scope: 'Namespaced' }],
        },
        {
          version: 'v1',
          freshness: 'Stale',
          resources: [{ resource: 'deployments', responseKind: { kind: 'Deployment' } }],
        },
      ],
    }
    const transport = transportOf({
      '/api': { kind: 'APIGroupDiscoveryList', items: [] },
      '/apis': { kind: 'APIGroupDiscoveryList', items: [group] },
    })
    const found = await discover(transport, signal)
    expect(found.types).toMatchObject([{ group: 'apps', version: 'v2', namespaced: true }])
    expect(found.stale).toEqual(['apps/v1'])
  })

  it('reads the classic form of older servers; a group that fails is stale, not an end', async () => {
    const transport = transportOf({
      '/api': { kind: 'APIVersions' },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          { name: 'apps', preferredVersion: { version: 'v1' } },
          { name: 'broken.io', preferredVersion: { version: 'v1' } },
        ],
      },
      '/api/v1': {
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true },
          { name: 'pods/log', kind: 'Pod', namespaced: true },
        ],
      },
      '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
    })
    const found = await discover(transport, signal)
    expect(found.types.map(({ plural }) => plural)).toEqual(['pods', 'deployments'])
    expect(found.stale).toEqual(['broken.io/v1'])
  })

  it('says so when the address is no API server', async () => {
    const transport = transportOf({ '/api': '<html>login</html>', '/apis': '<html>login</html>' })
    await expect(discover(transport, signal)).rejects.toThrow(
      'The server https://fake answered something that is no JSON for /api',
    )
  })
})
