import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { api } from './api.ts'
import { extensions } from './extensions.ts'
import { gitops } from './gitops.ts'
import { namespaces } from './namespaces.ts'
import { ago, brief, object, run, service, slice, workload } from './testing.ts'

const hook = (failurePolicy: string) =>
  object('policy', {
    metadata: { namespace: undefined },
    webhooks: [{ name: 'pods', failurePolicy, clientConfig: { service: { namespace: 'shop', name: 'policy' } } }],
  })
const apiService = (since: number, status = 'False') =>
  object('v1beta1.metrics.k8s.io', {
    metadata: { namespace: undefined },
    status: { conditions: [{ type: 'Available', status, lastTransitionTime: ago(since) }] },
  })
const leaving = (since: number) =>
  object('old', {
    metadata: { namespace: undefined, deletionTimestamp: ago(since) },
    status: { conditions: [{ type: 'NamespaceFinalizersRemaining', status: 'True', message: 'x in 1 resource' }] },
  })
const application = (status: object, automated: object | null = {}) =>
  object('web', { spec: { destination: { namespace: 'shop' }, syncPolicy: { automated } }, status })

describe('extensions', () => {
  const services = [service('policy', { app: 'policy' })]

  it('tells webhooks nobody answers', () => {
    const found = run(extensions, {
      validatingwebhookconfigurations: [hook('Fail')],
      services,
      endpointslices: [slice('policy', [])],
      deployments: [workload({ name: 'policy', ready: 0 })],
    })
    expect(brief(found)).toEqual(['WEBHOOK_UNAVAILABLE critical ValidatingWebhookConfiguration//policy'])
    expect(found[0]!.links.causedBy).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'policy' }])
    expect(run(extensions, { mutatingwebhookconfigurations: [hook('Fail')] })[0]!.evidence.join()).toContain(
      'does not exist',
    )
  })

  it('leaves webhooks alone that answer, may fail or could not be looked at', () => {
    expect(
      run(extensions, {
        validatingwebhookconfigurations: [hook('Fail')],
        services,
        endpointslices: [slice('policy', [true])],
      }),
    ).toEqual([])
    expect(run(extensions, { validatingwebhookconfigurations: [hook('Ignore')] })).toEqual([])
    expect(run(extensions, { validatingwebhookconfigurations: [hook('Fail')] }, { services: 'forbidden' })).toEqual([])
  })

  it('tells aggregated APIs that are not served, after a moment', () => {
    expect(brief(run(extensions, { apiservices: [apiService(hour)] }))).toEqual([
      'APISERVICE_UNAVAILABLE warning APIService//v1beta1.metrics.k8s.io',
    ])
    expect(run(extensions, { apiservices: [apiService(10_000), apiService(hour, 'True')] })).toEqual([])
  })
})

describe('namespaces', () => {
  it('tells deletions that do not finish, and lets the others', () => {
    expect(brief(run(namespaces, { namespaces: [leaving(hour)] }))).toEqual([
      'NAMESPACE_TERMINATING warning Namespace//old',
    ])
    expect(run(namespaces, { namespaces: [leaving(5 * minute), object('shop')] })).toEqual([])
  })
})

describe('gitops', () => {
  it('tells degraded Applications with the workloads they manage, and failed syncs', () => {
    const degraded = run(gitops, {
      applications: [application({ health: { status: 'Degraded' } })],
      deployments: [workload()],
    })
    expect(brief(degraded)).toEqual(['GITOPS_DEGRADED warning Application/shop/web'])
    expect(degraded[0]!.links.causedBy).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'web' }])
    expect(
      brief(run(gitops, { applications: [application({ operationState: { phase: 'Failed', message: 'x' } })] })),
    ).toEqual(['GITOPS_SYNC_FAILED warning Application/shop/web'])
    expect(
      run(gitops, {
        applications: [
          application({ sync: { status: 'OutOfSync' }, operationState: { phase: 'Succeeded', finishedAt: ago(hour) } }),
        ],
      }),
    ).toHaveLength(1)
  })

  it.each([
    ['a healthy one', application({ health: { status: 'Healthy' }, sync: { status: 'Synced' } })],
    ['one that is progressing or suspended', application({ health: { status: 'Suspended' } })],
    [
      'one that is synced by hand',
      application({ sync: { status: 'OutOfSync' }, operationState: { finishedAt: ago(hour) } }, null),
    ],
    [
      'one that was synced a moment ago',
      application({ sync: { status: 'OutOfSync' }, operationState: { finishedAt: ago(minute) } }),
    ],
  ])('leaves %s alone', (_name, one) => {
    expect(run(gitops, { applications: [one] })).toEqual([])
  })
})

describe('api', () => {
  it('makes an API server that cannot be read the top finding', () => {
    expect(brief(run(api, {}, { api: 'timeout' }))).toEqual(['API_UNREACHABLE critical Cluster//test'])
    expect(run(api, {}, { api: 'forbidden' })[0]!.title).toContain('refuses our credentials')
  })

  it('is silent while it answers', () => {
    expect(run(api, {}, { nodes: 'forbidden' })).toEqual([])
  })
})
