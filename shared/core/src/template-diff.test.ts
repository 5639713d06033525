import { describe, expect, it } from 'vitest'
import { diffTemplates } from './template-diff.ts'

function template(container: object, spec: object = {}, metadata: object = {}): object {
  return {
    metadata,
    spec: { containers: [{ name: 'app', image: 'shop/app:1', ...container }], restartPolicy: 'Always', ...spec },
  }
}

describe('diffTemplates', () => {
  it('tells limits and requests exactly', () => {
    const before = template({ resources: { limits: { memory: '512Mi' }, requests: { cpu: '50m', memory: '256Mi' } } })
    const after = template({ resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } } })
    expect(diffTemplates(before, after)).toEqual([
      'container app: limits.memory 512Mi → 256Mi',
      'container app: requests.cpu 50m → 100m',
      'container app: requests.memory 256Mi → 128Mi',
    ])
  })

  it('tells a limit that came or went', () => {
    expect(diffTemplates(template({}), template({ resources: { limits: { cpu: '1' } } }))).toEqual([
      'container app: limits.cpu added (1)',
    ])
    expect(diffTemplates(template({ resources: { limits: { cpu: '1' } } }), template({}))).toEqual([
      'container app: limits.cpu removed (1)',
    ])
  })

  it('tells image, command, probe and port changes', () => {
    const before = template({
      command: ['serve'],
      livenessProbe: { httpGet: { path: '/health', port: 8000 }, timeoutSeconds: 5 },
    })
    const after = template({
      image: 'shop/app:2',
      command: ['serve', '-v'],
      livenessProbe: { httpGet: { path: '/healthz', port: 8000 }, timeoutSeconds: 1 },
    })
    expect(diffTemplates(before, after)).toEqual([
      'container app: image shop/app:1 → shop/app:2',
      'container app: command ["serve"] → ["serve","-v"]',
      'container app: livenessProbe.httpGet.path /health → /healthz',
      'container app: livenessProbe.timeoutSeconds 5 → 1',
    ])
  })

  it('tells environment changes and shows no value of a secret-looking name', () => {
    const before = template({
      env: [
        { name: 'MODE', value: 'a' },
        { name: 'DB_PASSWORD', value: 'hunter2' },
        { name: 'OLD', value: '1' },
      ],
    })
    const after = template({
      env: [
        { name: 'MODE', value: 'b' },
        { name: 'DB_PASSWORD', value: 'hunter3' },
        { name: 'API_TOKEN', value: 'abcdef' },
        { name: 'HOST', valueFrom: { configMapKeyRef: { name: 'web', key: 'host' } } },
      ],
    })
    const changes = diffTemplates(before, after)
    expect(changes).toEqual([
      'container app: env MODE: a → b',
      'container app: env DB_PASSWORD: changed (values not shown)',
      'container app: env OLD removed (1)',
      'container app: env API_TOKEN added',
      'container app: env HOST added (configMapKeyRef web/host)',
    ])
    expect(changes.join()).not.toMatch(/hunter|abcdef/)
  })

  it('redacts credentials in an ordinary variable before clipping it', () => {
    const value = `postgres://app:verysecretvalue@db/${'x'.repeat(300)}`
    const [change] = diffTemplates(template({}), template({ env: [{ name: 'DATABASE_URL', value }] }))
    expect(change).not.toContain('verysecret')
    expect(change!.length).toBeLessThan(200)
  })

  it('tells pod-level changes: volumes, selectors, tolerations, containers', () => {
    const before = template(
      {},
      { volumes: [{ name: 'config', configMap: { name: 'web' } }], nodeSelector: { disk: 'ssd' } },
    )
    const after = template(
      { volumeMounts: [{ name: 'config', mountPath: '/etc/web', readOnly: true }] },
      {
        containers: [
          {
            name: 'app',
            image: 'shop/app:1',
            volumeMounts: [{ name: 'config', mountPath: '/etc/web', readOnly: true }],
          },
          { name: 'proxy', image: 'envoy:1' },
        ],
        volumes: [
          { name: 'config', configMap: { name: 'web-2' } },
          { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        ],
        nodeSelector: { disk: 'nvme' },
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      },
    )
    expect(diffTemplates(before, after)).toEqual([
      'container app: volumeMount /etc/web added (config read-only)',
      'container proxy added (image envoy:1)',
      'volume config: configMap.name web → web-2',
      'volume data added (persistentVolumeClaim data)',
      'nodeSelector.disk ssd → nvme',
      'tolerations added ([{"key":"dedicated","operator":"Exists"}])',
    ])
  })

  it('tells a ConfigMap checksum from an annotation', () => {
    const changes = diffTemplates(
      template({}, {}, { annotations: { 'checksum/config': 'a1' } }),
      template({}, {}, { annotations: { 'checksum/config': 'b2' } }),
    )
    expect(changes).toEqual(['annotation checksum/config a1 → b2'])
  })

  it('says that a restart changed nothing', () => {
    const restarted = template(
      {},
      {},
      {
        annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T01:00:00Z' },
        labels: { 'pod-template-hash': 'b' },
      },
    )
    const changes = diffTemplates(template({}, {}, { labels: { 'pod-template-hash': 'a' } }), restarted)
    expect(changes).toEqual(['restarted without a change of the template (restartedAt 2026-11-21T01:00:00Z)'])
  })

  it('gives nothing for equal or unreadable templates', () => {
    expect(diffTemplates(template({}), template({}))).toEqual([])
    expect(diffTemplates(undefined, 'nonsense')).toEqual([])
    expect(diffTemplates({ spec: { containers: 'no list' } }, {})).toEqual([])
  })
})
