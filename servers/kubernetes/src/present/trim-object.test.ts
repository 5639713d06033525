import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import { trimObject } from './trim-object.ts'

const canary = 'hunter2-canary'
const token = `ghp_${'a1B2'.repeat(9)}`

function shown(object: KubernetesObject, part: 'summary' | 'spec' | 'status' | 'all' = 'all') {
  return trimObject(object, part, 14_000)
}

function text(object: KubernetesObject): string {
  return JSON.stringify(shown(object))
}

describe('secrets', () => {
  it('never shows the values of a Secret, wherever they are repeated', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'db',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { password: canary } }),
          'objectset.rio.cattle.io/applied': canary,
          'example.com/backup': `${'x'.repeat(200)}${canary}`,
          'example.com/rotated': '2026-11-01',
        },
      },
      data: { password: Buffer.from(canary).toString('base64'), empty: '' },
      stringData: { plain: canary },
      type: 'Opaque',
    } as KubernetesObject
    for (const part of ['all', 'spec', 'status', 'summary'] as const) {
      const answer = JSON.stringify(shown(object, part))
      expect(answer).not.toContain(canary)
      expect(answer).not.toContain(Buffer.from(canary).toString('base64').slice(0, 12))
    }
    expect(shown(object).object).toMatchObject({
      data: { password: `<redacted:secret ${canary.length} bytes>`, empty: '<redacted:secret 0 bytes>' },
      metadata: { annotations: { 'example.com/rotated': '2026-11-01' } },
    })
  })

  it('masks values that their name gives away, and leaves the others', () => {
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: {
        containers: [
          {
            name: 'app',
            env: [
              { name: 'DB_PASSWORD', value: canary },
              { name: 'STRIPE_KEY', value: canary },
              { name: 'GITHUB_TOKEN', value: canary },
              { name: 'SENTRY_DSN', value: canary },
              { name: 'SECRET_NAME', value: 'db' },
              { name: 'TOKEN_TTL', value: '30m' },
              { name: 'KEYBOARD', value: 'qwerty' },
              { name: 'DATABASE_URL', value: `postgres://app:${canary}@db:5432/shop` },
              { name: 'FROM', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            ],
            args: ['--password', canary, `--api-key=${canary}`, '--verbose', 'yes'],
          },
        ],
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      },
    } as KubernetesObject
    expect(text(pod)).not.toContain(canary)
    const { object } = shown(pod)
    expect(JSON.stringify(object)).toContain('"value":"db"')
    expect(JSON.stringify(object)).toContain('"value":"30m"')
    expect(JSON.stringify(object)).toContain('qwerty')
    expect(JSON.stringify(object)).toContain('{"secretKeyRef":{"name":"db","key":"password"}}')
    expect(JSON.stringify(object)).toContain('{"key":"dedicated","operator":"Exists"}')
  })

  it('masks ConfigMap keys by name and known shapes in their texts', () => {
    const map = {
      kind: 'ConfigMap',
      metadata: { name: 'app' },
      data: { api_token: canary, 'app.yaml': `user: shop\npassword: ${canary}\ngit: ${token}\n`, mode: 'fast' },
      binaryData: { logo: Buffer.from('12345').toString('base64') },
    } as KubernetesObject
    expect(text(map)).not.toContain(canary)
    expect(text(map)).not.toContain('ghp_')
    expect(shown(map).object).toMatchObject({ data: { mode: 'fast' }, binaryData: { logo: '<binary 5 bytes>' } })
  })

  it('masks fields of custom resources and Secrets inside them', () => {
    const custom = {
      kind: 'Database',
      metadata: { name: 'db' },
      spec: {
        auth: { password: canary, secretName: 'db' },
        template: { kind: 'Secret', data: { a: Buffer.from(canary).toString('base64') }, stringData: { b: canary } },
        parameters: [{ name: 'db.password', value: canary }],
      },
    } as KubernetesObject
    expect(text(custom)).not.toContain(canary)
    expect(text(custom)).not.toContain(Buffer.from(canary).toString('base64'))
    expect(text(custom)).toContain('"secretName":"db"')
  })
})

describe('trimming', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { app: 'web' },
      annotations: { note: 'x' },
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: { replicas: 2, template: { spec: {} } },
    status: {
      readyReplicas: 1,
      conditions: [{ type: 'Available', status: 'False', reason: 'Min', message: 'm', extra: 'x' }],
    },
  } as KubernetesObject

  it('drops bookkeeping and shows a small object whole', () => {
    const { object, notes } = shown(deployment)
    expect(object).toMatchObject({
      metadata: { annotations: { note: 'x' } },
      spec: deployment.spec,
      status: deployment.status,
    })
    expect(JSON.stringify(object)).not.toContain('managedFields')
    expect(notes).toEqual([])
  })

  it('gives the parts asked for', () => {
    expect(Object.keys(shown(deployment, 'spec').object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec'])
    expect(Object.keys(shown(deployment, 'status').object)).toEqual(['apiVersion', 'kind', 'metadata', 'status'])
    expect(shown(deployment, 'summary').object).toMatchObject({
      spec: { replicas: 2 },
      status: { readyReplicas: 1, conditions: [{ type: 'Available', status: 'False', reason: 'Min', message: 'm' }] },
    })
  })

  it.each([
    ['long texts', { a: 'x'.repeat(100_000), b: 'y'.repeat(100_000) }],
    ['long lists', { list: Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'abc' })) }],
    ['many keys', Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key-${index}`, 'value']))],
    ['deep nesting', Array.from({ length: 2000 }).reduce<object>((inner) => ({ inner }), { end: true })],
    [
      'all at once',
      Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [
          `k${index}`,
          Array.from({ length: 200 }, () => ({ a: 'z'.repeat(500) })),
        ]),
      ),
    ],
  ])('keeps %s within the budget and says so', (_, spec) => {
    const { object, notes } = trimObject(
      { kind: 'Thing', metadata: { name: 'x' }, spec: spec as Record<string, unknown> },
      'all',
      14_000,
    )
    expect(JSON.stringify(object).length).toBeLessThanOrEqual(14_000)
    expect(notes).toHaveLength(1)
    expect(object).toMatchObject({ metadata: { name: 'x' } })
  })
})
