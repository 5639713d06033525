import { describe, expect, it } from 'vitest'
import { closedServices } from './closed-services.ts'
import { brief, object, run, service, workload } from './testing.ts'

const policy = (spec: object, name = 'block') =>
  object(name, { spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ...spec } })
const ingresses = [object('web', { spec: { defaultBackend: { service: { name: 'web' } } } })]
const found = (networkpolicies: object[], more: object = {}, spec: object = {}) =>
  brief(
    run(closedServices, {
      networkpolicies,
      services: [service('web', { app: 'web' }, spec)],
      deployments: [workload()],
      ...more,
    }),
  )

describe('closedServices', () => {
  it('notes a Service nobody can reach, and warns when traffic is sent there from outside', () => {
    expect(found([policy({})])).toEqual(['NETWORK_POLICY_CLOSES_SERVICE info NetworkPolicy/shop/block'])
    const warned = ['NETWORK_POLICY_CLOSES_SERVICE warning NetworkPolicy/shop/block']
    expect(found([policy({ ingress: [] })], { ingresses })).toEqual(warned)
    expect(found([policy({})], {}, { type: 'LoadBalancer' })).toEqual(warned)
  })

  it.each<[string, object[]]>([
    ['one that lets somebody in', [policy({ ingress: [{}] })]],
    ['one that another opens', [policy({}), policy({ ingress: [{ ports: [{ port: 80 }] }] }, 'open')]],
    ['one opened for the whole namespace', [policy({}), policy({ podSelector: {}, ingress: [{}] }, 'open')]],
    ['one for every pod of the namespace', [policy({ podSelector: {} })]],
    ['one for other pods', [policy({ podSelector: { matchLabels: { app: 'db' } } })]],
    ['one about outgoing traffic', [policy({ policyTypes: ['Egress'] })]],
  ])('leaves %s alone', (_name, policies) => {
    expect(found(policies, { ingresses })).toEqual([])
  })

  it('tells one that opens other ports than the Service leads to', () => {
    const opening = (port: number) => [policy({ ingress: [{ ports: [{ port }] }] })]
    const spec = { ports: [{ port: 80, targetPort: 8080 }] }
    expect(found(opening(9090), {}, spec)).toHaveLength(1)
    expect(found(opening(8080), {}, spec)).toEqual([])
    expect(found([policy({ ingress: [{ ports: [{ port: 8000, endPort: 9000 }] }] })], {}, spec)).toEqual([])
    expect(found(opening(9090), {}, { ports: [{ port: 80, targetPort: 'http' }] })).toEqual([])
  })

  it('leaves Services alone whose workload is scaled to zero', () => {
    expect(found([policy({})], { deployments: [workload({ desired: 0 })] })).toEqual([])
  })
})
