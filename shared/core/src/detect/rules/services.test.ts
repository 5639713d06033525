import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { services } from './services.ts'
import { ago, brief, object, pod, run, service, slice, workload } from './testing.ts'

const web = service('web', { app: 'web' })

describe('services', () => {
  it('leaves the judgement to the workload behind it', () => {
    const found = run(services, {
      services: [web],
      endpointslices: [slice('web', [false, false])],
      deployments: [workload({ ready: 0 })],
    })
    expect(brief(found)).toEqual(['SERVICE_NO_ENDPOINTS info Service/shop/web'])
    expect(found[0]!.links.causedBy).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'web' }])
  })

  it('warns when only bare pods stand behind it, or nothing at all', () => {
    const pods = [pod({ ownerReferences: [], status: { ready: false } })]
    expect(brief(run(services, { services: [web], endpointslices: [slice('web', [])], pods }))).toEqual([
      'SERVICE_NO_ENDPOINTS warning Service/shop/web',
    ])
    expect(brief(run(services, { services: [web], endpointslices: [slice('web', [])] }))).toEqual([
      'SERVICE_SELECTS_NOTHING warning Service/shop/web',
    ])
  })

  it('only notes what is scaled to zero and what an operator made for later', () => {
    const scaled = run(services, {
      services: [web],
      endpointslices: [slice('web', [])],
      deployments: [workload({ desired: 0 })],
    })
    expect(scaled.map(({ severity }) => severity)).toEqual(['info'])
    const owned = object('db-ro', {
      metadata: { ownerReferences: [{ kind: 'Cluster', name: 'db' }] },
      spec: { selector: { role: 'replica' } },
    })
    expect(run(services, { services: [owned] }).map(({ severity }) => severity)).toEqual(['info'])
  })

  it.each([
    ['a Service with ready endpoints', { services: [web], endpointslices: [slice('web', [true, false])] }, {}],
    ['a Service without selector', { services: [service('mainframe', undefined)] }, {}],
    ['an ExternalName', { services: [service('db', { app: 'db' }, { type: 'ExternalName' })] }, {}],
    [
      'a Service that publishes unready addresses',
      { services: [service('web', { app: 'x' }, { publishNotReadyAddresses: true })] },
      {},
    ],
    [
      'a new Service',
      {
        services: [object('web', { metadata: { creationTimestamp: ago(minute) }, spec: { selector: { app: 'web' } } })],
      },
      {},
    ],
    ['what it could not read', { services: [web] }, { endpointslices: 'forbidden' }],
    ['workloads it could not read', { services: [web] }, { deployments: 'forbidden' }],
  ] as const)('leaves %s alone', (_name, objects, gaps) => {
    expect(run(services, objects, gaps)).toEqual([])
  })
})
