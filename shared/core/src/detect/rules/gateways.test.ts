import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { gateways } from './gateways.ts'
import { brief, condition, custom, run, service } from './testing.ts'

const api = 'gateway.networking.k8s.io/v1'
const cluster = { namespace: undefined }
const gatewayClass = (...conditions: object[]) =>
  custom(api, 'GatewayClass', 'nginx', { metadata: cluster, status: { conditions } })
const gateway = (conditions: object[], listeners: object[] = [], spec: object = {}) =>
  custom(api, 'Gateway', 'edge', { spec: { gatewayClassName: 'nginx', ...spec }, status: { conditions, listeners } })
const route = (...conditions: object[]) =>
  custom(api, 'HTTPRoute', 'web', {
    spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
    status: { parents: [{ parentRef: { name: 'edge' }, conditions }] },
  })
const found = (customresources: object[], objects = {}) => run(gateways, { customresources, ...objects })

const grant = (namespace: string) =>
  custom('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'web', {
    metadata: { namespace: 'backend' },
    spec: { from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace }] },
  })

const causes = (customresources: object[], gaps = {}) => run(gateways, { customresources }, gaps)[0]!.causes

describe('gateways', () => {
  it('tells classes nobody takes and gateways that are not set up, in that order of cause', () => {
    const refused = condition('Accepted', 'False', hour, 'InvalidParameters', 'no such ConfigMap')
    const all = found([gatewayClass(refused), gateway([condition('Programmed', 'False', hour, 'Pending')])])
    expect(brief(all)).toEqual([
      'GATEWAY_CLASS_REFUSED warning GatewayClass//nginx',
      'GATEWAY_NOT_PROGRAMMED warning Gateway/shop/edge',
    ])
    expect(all[0]!.evidence).toEqual(['Accepted: InvalidParameters: no such ConfigMap'])
    expect(all[1]!.links.causedBy).toEqual([{ kind: 'GatewayClass', namespace: '', name: 'nginx' }])
  })

  it('names the certificate a listener misses', () => {
    const spec = { listeners: [{ name: 'https', tls: { certificateRefs: [{ name: 'web-tls' }] } }] }
    const unresolved = { conditions: [condition('ResolvedRefs', 'False', hour, 'InvalidCertificateRef')] }
    expect(found([gatewayClass(), gateway([], [unresolved], spec)])[0]!.links.causedBy).toContainEqual({
      kind: 'Secret',
      namespace: 'shop',
      name: 'web-tls',
    })
  })

  it('tells a class that does not exist, but only when all classes were read', () => {
    const coverage = 'gatewayclasses.gateway.networking.k8s.io'
    expect(run(gateways, { customresources: [gateway([])] }, { [coverage]: 'ok' })[0]!.title).toContain(
      'GatewayClass nginx does not exist',
    )
    expect(run(gateways, { customresources: [gateway([])] }, { [coverage]: 'forbidden' })).toEqual([])
  })

  it('tells routes that lead nowhere, with the Service when it is surely absent', () => {
    const lost = route(condition('ResolvedRefs', 'False', hour, 'BackendNotFound'))
    const [one] = found([lost])
    expect(brief([one!])).toEqual(['ROUTE_NOT_RESOLVED warning HTTPRoute/shop/web'])
    expect(one!.links.causedBy).toEqual([{ kind: 'Service', namespace: 'shop', name: 'web' }])
    expect(found([lost], { services: [service('web', { app: 'web' })] })[0]!.links.causedBy).toBeUndefined()
    const refused = route(condition('Accepted', 'False', hour, 'NotAllowedByListeners'))
    expect(found([refused])[0]!.links.causedBy).toEqual([{ kind: 'Gateway', namespace: 'shop', name: 'edge' }])
  })

  it('names the ReferenceGrant a route into another namespace lacks', () => {
    const across = custom(api, 'HTTPRoute', 'web', {
      spec: { rules: [{ backendRefs: [{ name: 'api', namespace: 'backend', port: 80 }] }] },
      status: { parents: [{ conditions: [condition('ResolvedRefs', 'False', hour, 'RefNotPermitted')] }] },
    })
    const read = { 'referencegrants.gateway.networking.k8s.io': 'ok' } as const
    const words = 'No ReferenceGrant in namespace backend lets HTTPRoutes of shop in'
    expect(causes([across], read)).toContain(words)
    expect(causes([across, grant('other')], read)).toContain(words)
    expect(causes([across, grant('shop')], read)).not.toContain(words)
    expect(causes([across])).not.toContain(words)
  })

  it('leaves alone what works, waits for its controller or was just made', () => {
    const good = [condition('Accepted', 'True', hour), condition('Programmed', 'True', hour)]
    expect(
      found([
        gatewayClass(condition('Accepted', 'Unknown', hour, 'Waiting')),
        gateway(good, [{ conditions: [condition('Conflicted', 'False', hour)] }]),
        gateway([condition('Programmed', 'False', minute)]),
        route(condition('Accepted', 'True', hour), condition('ResolvedRefs', 'True', hour)),
        custom(api, 'HTTPRoute', 'new'),
      ]),
    ).toEqual([])
  })
})
