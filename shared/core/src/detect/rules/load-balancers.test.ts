import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { loadBalancers } from './load-balancers.ts'
import { ago, brief, event, object, run } from './testing.ts'

const balancer = (ingress: object[], age = hour, spec = {}) =>
  object('web', {
    metadata: { creationTimestamp: ago(age) },
    spec: { type: 'LoadBalancer', ...spec },
    status: { loadBalancer: { ingress } },
  })

describe('loadBalancers', () => {
  it('tells one without an address, with the words of its controller', () => {
    const events = [event('Service', 'web', 'SyncLoadBalancerFailed', 'quota exceeded')]
    const found = run(loadBalancers, { services: [balancer([])], events })
    expect(brief(found)).toEqual(['SERVICE_NO_ADDRESS warning Service/shop/web'])
    expect(found[0]!.evidence.join()).toContain('quota exceeded')
  })

  it.each([
    ['with an address', balancer([{ ip: '192.0.2.1' }])],
    ['made a moment ago', balancer([], minute)],
    ['with external addresses of its own', balancer([], hour, { externalIPs: ['192.0.2.1'] })],
    ['of another type', balancer([], hour, { type: 'ClusterIP' })],
  ])('leaves one %s alone', (_name, one) => {
    expect(run(loadBalancers, { services: [one] })).toEqual([])
  })
})
