import { describe, expect, it } from 'vitest'
import type { Container, PodSpec } from '../../kubernetes.ts'
import { defaultDetectOptions, detect } from '../detect.ts'
import { now, object, service, snapshotOf, workload, type Objects } from '../rules/testing.ts'

const good: Partial<Container> = {
  image: 'registry.example.com:5000/shop/web:1.2',
  ports: [{ containerPort: 80 }],
  readinessProbe: { httpGet: { port: 80 } },
  resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
}
const budget = object('web', { spec: { selector: { matchLabels: { app: 'web' } } } })

function look(objects: Objects, gaps = {}) {
  const all = detect(snapshotOf(objects, gaps), { ...defaultDetectOptions, hygiene: true }, now)
  return all.filter(({ rule }) => rule.startsWith('HYGIENE_'))
}

/** Codes found for a good Deployment with a Service and this about it. */
function codesOf(
  container: object,
  rest: { spec?: Partial<PodSpec>; desired?: number; metadata?: object; objects?: Objects; gaps?: object } = {},
): string[] {
  const web = workload({
    desired: rest.desired ?? 2,
    container: { ...good, ...container },
    metadata: rest.metadata ?? {},
  })
  const template = (web.spec as { template: { spec: object } }).template
  template.spec = { ...template.spec, ...rest.spec }
  const objects = { deployments: [web], services: [service('web', { app: 'web' })], ...rest.objects }
  return look(objects, rest.gaps).map(({ rule }) => rule)
}

const applied = (apiVersion: string) => ({
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ apiVersion, kind: 'Deployment' }),
  },
})

describe('a habit that invites trouble', () => {
  it.each<[string, object, Parameters<typeof codesOf>[1]]>([
    ['HYGIENE_NO_REQUESTS', { resources: { limits: { 'nvidia.com/gpu': '1' } } }, {}],
    ['HYGIENE_NO_MEMORY_LIMIT', { resources: { requests: { cpu: '10m' } } }, {}],
    ['HYGIENE_CPU_LIMIT_WITHOUT_REQUEST', { resources: { limits: { cpu: '1', memory: '1Gi' } } }, {}],
    ['HYGIENE_NO_READINESS_PROBE', { readinessProbe: undefined }, {}],
    ['HYGIENE_SINGLE_REPLICA', {}, { desired: 1 }],
    ['HYGIENE_FLOATING_TAG', { image: 'registry.example.com:5000/shop/web' }, {}],
    ['HYGIENE_FLOATING_TAG', { image: 'nginx:latest' }, {}],
    ['HYGIENE_PRIVILEGED', { securityContext: { privileged: true } }, {}],
    ['HYGIENE_HOST_PATH', {}, { spec: { volumes: [{ name: 'docker', hostPath: { path: '/var/run' } }] } }],
    ['HYGIENE_PLAIN_SECRET', { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }, {}],
    ['HYGIENE_REMOVED_API', {}, { metadata: applied('extensions/v1beta1') }],
  ])('is noted: %s', (code, container, rest) => {
    expect(codesOf(container, rest)).toContain(code)
  })

  it.each<[string, object, Parameters<typeof codesOf>[1]]>([
    ['all is well', {}, {}],
    ['an image has a digest', { image: `nginx@sha256:${'0'.repeat(64)}` }, {}],
    ['nothing sends traffic to it', { readinessProbe: undefined }, { desired: 1, objects: { services: [] } }],
    ['a budget protects it', {}, { desired: 1, objects: { poddisruptionbudgets: [budget] } }],
    ['budgets could not be read', {}, { desired: 1, gaps: { poddisruptionbudgets: 'forbidden' } }],
    ['it is scaled to none', {}, { desired: 0 }],
    [
      'a variable only speaks of a secret',
      {
        env: [
          { name: 'DB_PASSWORD_FILE', value: '/run/db' },
          { name: 'X_TOKEN', value: '$(Y)' },
        ],
      },
      {},
    ],
    [
      'a secret comes from a Secret',
      { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] },
      {},
    ],
    ['the manifest is of today', {}, { metadata: applied('apps/v1') }],
    [
      'somebody else made it',
      { image: 'nginx' },
      { metadata: { ownerReferences: [{ kind: 'Operator', name: 'x', controller: true }] } },
    ],
    ['it came with the cluster', { image: 'nginx' }, { metadata: { namespace: 'kube-system' } }],
  ])('is not seen where %s', (_name, container, rest) => {
    expect(codesOf(container, rest)).toEqual([])
  })

  it('is one note for the whole cluster, of names only', () => {
    const env = [{ name: 'API_KEY', value: 'hunter2' }]
    const deployments = Array.from({ length: 40 }, (_, index) =>
      workload({ name: `web-${index}`, namespace: `n${index % 9}`, container: { ...good, env } }),
    )
    const found = look({ deployments })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ severity: 'info', count: 40, owner: { kind: 'Cluster', name: 'test' } })
    expect(found[0]!.evidence[0]).toBe('Workloads: 40, by namespace: n0 5, n1 5, n2 5, n3 5, n4 4, n5 4, and others')
    expect(JSON.stringify(found)).toContain('API_KEY')
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect(JSON.stringify(found).length).toBeLessThan(2500)
  })

  it('is nobody’s business unless asked for', () => {
    expect(detect(snapshotOf({ deployments: [workload()] }), defaultDetectOptions, now)).toEqual([])
  })
})
