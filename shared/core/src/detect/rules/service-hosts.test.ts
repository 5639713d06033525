import { describe, expect, it } from 'vitest'
import { containerExits } from './container-exits.ts'
import { serviceHosts } from './service-hosts.ts'
import { brief, ended, object, pod, run, service, waiting, workload } from './testing.ts'

const env = (value: string) => ({ env: [{ name: 'DB_URL', value }] })
const web = (value: string, ready = 2) => workload({ ready, container: env(value) })
const services = [service('db', { app: 'db' }, { ports: [{ port: 5432 }] })]
const namespaces = [object('shop', { metadata: { namespace: undefined } })]
const found = (one: object, more: object[] = [], gaps = {}) =>
  brief(run(serviceHosts, { deployments: [one], services: [...services, ...more], namespaces }, gaps))

describe('serviceHosts', () => {
  it.each([
    ['db:5433', 'WORKLOAD_SERVICE_PORT_WRONG warning Deployment/shop/web'],
    [
      'postgres://user:secret@db.shop.svc.cluster.local:5433/shop',
      'WORKLOAD_SERVICE_PORT_WRONG warning Deployment/shop/web',
    ],
    ['cache:6379', 'WORKLOAD_SERVICE_MISSING info Deployment/shop/web'],
    ['http://cache.shop:8080/x', 'WORKLOAD_SERVICE_MISSING info Deployment/shop/web'],
  ])('tells %s', (value, line) => {
    expect(found(web(value))).toEqual([line])
  })

  it.each<[string, object, object[], object]>([
    ['what is right', web('postgres://db:5432/shop'), [], {}],
    ['hosts of the world', web('https://api.example.com:8443'), [], {}],
    ['addresses', web('10.0.0.1:8080,localhost:9000,127.0.0.1:80'), [], {}],
    ['times and versions', web('12:30:45 v1.2:10'), [], {}],
    ['Services nobody could read', web('cache:6379'), [], { services: 'forbidden' }],
    ['headless Services', web('peer:7000'), [service('peer', { app: 'x' }, { clusterIP: 'None' })], {}],
    ['names that lead out', web('ext:9999'), [service('ext', undefined, { type: 'ExternalName' })], {}],
    ['listeners of itself', web('PLAINTEXT://web:29092'), [service('web', { app: 'web' })], {}],
    ['workloads that are not well', web('db:5433', 0), [], {}],
    [
      'names the pod itself defines',
      workload({
        spec: {
          template: {
            spec: { containers: [{ name: 'app', ...env('cache:6379') }], hostAliases: [{ hostnames: ['cache'] }] },
          },
        },
      }),
      [],
      {},
    ],
  ])('leaves %s alone', (_name, one, more, gaps) => {
    expect(found(one, more, gaps)).toEqual([])
  })

  it('is evidence when the workload crashes', () => {
    const status = { ...waiting('CrashLoopBackOff'), restartCount: 4, lastState: ended(1, 'Error') }
    const [crash] = run(containerExits, {
      pods: [pod({ status, container: env('db:5433') })],
      deployments: [web('db:5433', 0)],
      services,
    })
    expect(crash!.evidence.join()).toContain('DB_URL names db:5433: Service shop/db has port 5432')
  })
})
