import { describe, expect, it } from 'vitest'
import { hour, minute, second } from '../../time.ts'
import { readiness } from './readiness.ts'
import { ago, brief, ended, event, pod, run, workload } from './testing.ts'

const unready = (age: number, extra: Parameters<typeof pod>[0] = {}) =>
  pod({
    age,
    ...extra,
    status: {
      ready: false,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: ago(age) } },
      ...extra.status,
    },
  })

describe('readiness', () => {
  it('tells containers that run and are not ready, with the words of the probe', () => {
    const events = [
      event(
        'Pod',
        'web-5d8c7b9f6d-abcde',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
      ),
    ]
    const found = run(readiness, { pods: [unready(10 * minute)], events, deployments: [workload({ ready: 0 })] })
    expect(brief(found)).toEqual(['POD_NOT_READY critical Deployment/shop/web'])
    expect(found[0]!.evidence.join()).toContain('503')
    expect(found[0]!.since).toBe(ago(10 * minute))
  })

  it('judges starting by the budget of the startup probe', () => {
    const startupProbe = { periodSeconds: 10, failureThreshold: 30 }
    const starting = (age: number) => unready(age, { container: { startupProbe }, status: { started: false } })
    expect(run(readiness, { pods: [starting(4 * minute)] })).toEqual([])
    expect(run(readiness, { pods: [starting(6 * minute)] }).map(({ rule }) => rule)).toEqual(['POD_STARTUP_FAILED'])
  })

  it('names Services the pod depends on', () => {
    const env = [
      { name: 'API_BASE', value: 'http://api.shop:8080' },
      { name: 'DATABASE_HOST', value: 'db' },
      { name: 'HOME', value: '/root' },
    ]
    const services = ['api', 'db'].map((name) => ({ metadata: { name, namespace: 'shop' } }))
    const namespaces = [{ metadata: { name: 'shop' } }]
    const found = run(readiness, { pods: [unready(hour, { container: { env } })], services, namespaces })
    expect(found[0]!.links.dependsOn?.map(({ name }) => name)).toEqual(['api', 'db'])
  })

  it.each<[string, object, string | undefined]>([
    ['a number nothing declares', { port: 8080 }, 'The probe asks port 8080, the container declares http 80'],
    ['a name nothing declares', { port: 'web' }, 'The probe asks port web, the container declares http 80'],
    ['a number that is declared', { port: 80 }, undefined],
    ['a name that is declared', { port: 'http' }, undefined],
  ])('compares the port of the probe: %s', (_name, httpGet, line) => {
    const container = { ports: [{ name: 'http', containerPort: 80 }], readinessProbe: { httpGet } }
    const [found] = run(readiness, { pods: [unready(hour, { container })] })
    expect(found!.evidence.find((text) => text.startsWith('The probe asks'))).toBe(line)
  })

  it('tells a closed readiness gate', () => {
    const gated = pod({
      podStatus: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', lastTransitionTime: ago(10 * minute) },
        ],
      },
    })
    expect(run(readiness, { pods: [gated] }).map(({ title }) => title)[0]).toContain('readiness gate')
  })

  it.each([
    ['a fresh rollout', unready(minute)],
    [
      'a slow starter within its initial delay',
      unready(5 * minute, { container: { readinessProbe: { initialDelaySeconds: 300 } } }),
    ],
    [
      'a crash loop, which has a rule of its own',
      unready(30 * second, { age: hour, status: { restartCount: 5, lastState: ended(1, 'Error') } }),
    ],
    [
      'a completed pod, not ready for good',
      pod({ phase: 'Succeeded', status: { ready: false, state: ended(0, 'Completed') } }),
    ],
    ['a ready pod with old warnings', pod()],
  ])('leaves %s alone', (_name, healthy) => {
    const events = [event('Pod', 'web-5d8c7b9f6d-abcde', 'Unhealthy', 'Readiness probe failed: timeout', 55 * minute)]
    expect(run(readiness, { pods: [healthy], events })).toEqual([])
  })
})
