import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { missingPermission, permissionSteps } from '../permissions.ts'
import { forbidden } from './forbidden.ts'
import { brief, event, pod, run, workload } from './testing.ts'

const refusal = (user: string, scope = 'in the namespace "shop"') =>
  `failed to list: leases.coordination.k8s.io is forbidden: User "${user}" cannot list resource "leases" in API group "coordination.k8s.io" ${scope}`
const robot = refusal('system:serviceaccount:shop:robot')
const runsAs = (serviceAccountName: string, name = 'web') =>
  workload({ name, spec: { template: { spec: { serviceAccountName, containers: [] } } } })

describe('forbidden', () => {
  it('tells the workload that runs as the service account what it may not do, and how to ask again', () => {
    const [one, ...more] = run(forbidden, {
      deployments: [runsAs('robot')],
      events: [event('ConfigMap', 'lock', 'LeaderElection', robot)],
    })
    expect(more).toEqual([])
    expect(brief([one!])).toEqual(['PERMISSION_MISSING warning Deployment/shop/web'])
    expect(one!.title).toContain('may not list leases.coordination.k8s.io in namespace shop')
    expect(one!.nextSteps[0]).toBe(
      'kubectl auth can-i list leases.coordination.k8s.io --as=system:serviceaccount:shop:robot -n shop',
    )
  })

  it('falls back to what the event is about when several workloads run as it, or none', () => {
    const events = [event('Pod', 'web-5d8c7b9f6d-abcde', 'Sync', robot)]
    const shared = { deployments: [runsAs('robot'), runsAs('robot', 'api')], pods: [pod()], events }
    expect(brief(run(forbidden, shared))).toEqual(['PERMISSION_MISSING warning Deployment/shop/web'])
    expect(brief(run(forbidden, { events: [event('Lease', 'lock', 'Sync', refusal('jane'))] }))).toEqual([
      'PERMISSION_MISSING warning Lease/shop/lock',
    ])
  })

  it.each([
    ['what is over', event('ConfigMap', 'lock', 'Sync', robot, hour)],
    ['what happened once', { ...event('ConfigMap', 'lock', 'Sync', robot), count: 1 }],
    ['pods that are refused, which another rule tells', event('Job', 'web', 'FailedCreate', robot)],
    ['other warnings', event('Pod', 'web', 'Unhealthy', 'pods "web" is forbidden: exceeded quota: compute')],
  ])('leaves %s alone', (_name, one) => {
    expect(run(forbidden, { events: [one], deployments: [runsAs('robot')] })).toEqual([])
  })

  it('reads refusals of core resources, subresources and the whole cluster', () => {
    expect(missingPermission(refusal('jane', 'at the cluster scope'))).toMatchObject({ user: 'jane', namespace: '' })
    const exec =
      'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "shop"'
    expect(missingPermission(exec)).toEqual({ user: 'jane', verb: 'create', resource: 'pods/exec', namespace: 'shop' })
    expect(permissionSteps(exec)[0]).toBe('kubectl auth can-i create pods --subresource=exec --as=jane -n shop')
    expect(permissionSteps('admission webhook denied the request')).toEqual([])
  })

  it('counts refusals of one kind together', () => {
    const many = ['a', 'b', 'c'].map((name) => ({ ...event('Lease', name, 'Sync', robot, minute), count: 1 }))
    expect(run(forbidden, { events: many, deployments: [runsAs('robot')] })).toHaveLength(1)
  })
})
