import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { missingReferences } from './missing-references.ts'
import { ago, brief, object, run, workload, type Objects } from './testing.ts'

const env = (kind: 'configMapKeyRef' | 'secretKeyRef', name: string, optional?: boolean) => ({
  env: [{ name: 'X', valueFrom: { [kind]: { name, key: 'k', ...(optional === undefined ? {} : { optional }) } } }],
})
/** What every namespace has, so that the lists prove something. */
const names: Objects = {
  configmaps: [object('kube-root-ca.crt'), object('settings')],
  secrets: [object('db')],
  serviceaccounts: [object('default')],
}
const found = (web: object, objects: Objects = {}, gaps = {}) =>
  run(missingReferences, { ...names, deployments: [web], ...objects }, gaps)

const volumes = (list: object[], more = {}) =>
  workload({ spec: { template: { spec: { containers: [{ name: 'app' }], volumes: list, ...more } } } })

describe('missingReferences', () => {
  it.each([
    ['ConfigMap', workload({ container: env('configMapKeyRef', 'settinsg') })],
    ['Secret', workload({ container: env('secretKeyRef', 'gone') })],
    ['ConfigMap', workload({ container: { envFrom: [{ configMapRef: { name: 'gone' } }] } })],
  ])('tells a running workload whose %s is gone', (kind, web) => {
    const [first, ...others] = found(web)
    expect([first!.rule, first!.severity, others]).toEqual(['WORKLOAD_REFERENCE_MISSING', 'warning', []])
    expect(first!.title).toContain(`needs ${kind} shop/`)
  })

  it('tells volumes, projected ones and service accounts', () => {
    expect(found(volumes([{ name: 'v', secret: { secretName: 'gone' } }]))).toHaveLength(1)
    expect(found(volumes([{ name: 'v', projected: { sources: [{ configMap: { name: 'gone' } }] } }]))).toHaveLength(1)
    expect(found(volumes([], { serviceAccountName: 'gone' }))[0]!.title).toContain('ServiceAccount shop/gone')
  })

  it('tells a CronJob before its next run', () => {
    const template = { spec: { containers: [{ name: 'app', ...env('configMapKeyRef', 'gone') }] } }
    const cronjobs = [object('nightly', { spec: { jobTemplate: { spec: { template } } } })]
    expect(brief(run(missingReferences, { ...names, cronjobs }))).toEqual([
      'WORKLOAD_REFERENCE_MISSING warning CronJob/shop/nightly',
    ])
  })

  it.each<[string, object, Objects, object]>([
    ['what exists', workload({ container: env('secretKeyRef', 'db') }), {}, {}],
    ['what is optional', workload({ container: env('secretKeyRef', 'gone', true) }), {}, {}],
    ['what could not be listed', workload({ container: env('secretKeyRef', 'gone') }), {}, { secrets: 'forbidden' }],
    ['lists that hide all', workload({ container: env('secretKeyRef', 'gone') }), { secrets: [] }, {}],
    [
      'namespaces whose ConfigMaps are hidden',
      workload({ container: env('configMapKeyRef', 'gone') }),
      { configmaps: [object('x', { metadata: { namespace: 'other' } })] },
      {},
    ],
    ['what pods say themselves', workload({ ready: 0, container: env('secretKeyRef', 'gone') }), {}, {}],
    ['what is scaled to zero', workload({ desired: 0, container: env('secretKeyRef', 'gone') }), {}, {}],
    [
      'what was made a moment ago',
      workload({ container: env('secretKeyRef', 'gone'), metadata: { creationTimestamp: ago(minute) } }),
      {},
      {},
    ],
  ])('is silent about %s', (_name, web, objects, gaps) => {
    expect(found(web, objects, gaps)).toEqual([])
  })
})
