import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { containerExits } from './container-exits.ts'
import { networkPolicies } from './network-policies.ts'
import { brief, ended, object, pod, run, waiting } from './testing.ts'

const policy = (spec: object, name = 'deny') => object(name, { spec: { podSelector: {}, ...spec } })
const denyAll = policy({ policyTypes: ['Ingress', 'Egress'] })
const crashed = (message: string, ready = false) => {
  const terminated = { ...ended(1, 'Error').terminated, message }
  return pod({
    age: 10 * minute,
    status: { ...waiting('CrashLoopBackOff'), ready, restartCount: 4, lastState: { terminated } },
  })
}
const timedOut = crashed('dial tcp 10.43.0.10:53: i/o timeout')
const found = (networkpolicies: object[], one: object = timedOut) =>
  brief(run(networkPolicies, { networkpolicies, pods: [one] }))

describe('networkPolicies', () => {
  it('tells the policy that keeps a failing pod from every name, and hands it to the crash as its cause', () => {
    expect(found([denyAll])).toEqual(['NETWORK_POLICY_BLOCKS warning NetworkPolicy/shop/deny'])
    expect(found([policy({ egress: [] })])).toHaveLength(1)
    expect(found([policy({ egress: [{ ports: [{ port: 443 }] }] })])).toHaveLength(1)
    const [crash] = run(containerExits, { networkpolicies: [denyAll], pods: [timedOut] })
    expect(crash!.links.causedBy).toEqual([{ kind: 'NetworkPolicy', namespace: 'shop', name: 'deny' }])
  })

  it.each<[string, object[], object]>([
    ['pods that fail for something else', [denyAll], crashed('connection refused')],
    ['pods that are ready', [denyAll], crashed('i/o timeout', true)],
    ['policies about incoming traffic', [policy({ policyTypes: ['Ingress'] })], timedOut],
    ['policies for other pods', [policy({ podSelector: { matchLabels: { app: 'db' } }, egress: [] })], timedOut],
    ['policies of other namespaces', [{ ...denyAll, metadata: { name: 'deny', namespace: 'other' } }], timedOut],
    ['what another policy opens', [denyAll, policy({ egress: [{ ports: [{ port: 53 }] }] }, 'dns')], timedOut],
    ['what is open to all', [policy({ egress: [{}] })], timedOut],
  ])('leaves %s alone', (_name, policies, one) => {
    expect(found(policies, one)).toEqual([])
  })
})
