import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { refused } from './refused.ts'
import { ago, brief, event, object, run, workload } from './testing.ts'

const failure = (message: string) => [
  { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago(10 * minute) },
]
const quota = 'pods "web-1" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2'
const webhook =
  'Internal error occurred: failed calling webhook "pods.policy.example": failed to call webhook: Post "https://policy.policy-system.svc:443/": no endpoints available for service "policy"'

describe('refused', () => {
  it.each([
    [quota, { kind: 'ResourceQuota', namespace: 'shop', name: 'compute' }, /used up its quota/],
    [webhook, { kind: 'ValidatingWebhookConfiguration', namespace: '', name: 'policy' }, /webhook does not answer/],
    [
      'pods "web-1" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
      { kind: 'ServiceAccount', namespace: 'shop', name: 'robot' },
      /service account/,
    ],
    [
      'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      undefined,
      /Pod Security/,
    ],
    ['pods "web-1" is forbidden: maximum cpu usage per Container is 1, but limit is 2', undefined, /LimitRange/],
    ['admission webhook "x" denied the request: no', undefined, /policy denies/],
  ])('reads %s', (message, culprit, title) => {
    const validatingwebhookconfigurations = [object('policy', { webhooks: [{ name: 'pods.policy.example' }] })]
    const found = run(refused, {
      deployments: [workload({ ready: 1, conditions: failure(message) })],
      validatingwebhookconfigurations,
    })
    expect(brief(found)).toEqual(['WORKLOAD_REPLICAS_REFUSED warning Deployment/shop/web'])
    expect(found[0]!.links.causedBy).toEqual(culprit && [culprit])
    expect(found[0]!.title).toMatch(title)
  })

  it('blames the Service of a webhook whose configuration it may not read', () => {
    const found = run(refused, { deployments: [workload({ ready: 0, conditions: failure(webhook) })] })
    expect(found[0]).toMatchObject({
      severity: 'critical',
      links: { causedBy: [{ kind: 'Service', namespace: 'policy-system', name: 'policy' }] },
    })
  })

  it('names the permission its controller lacks, and how to ask for it', () => {
    const message =
      'pods is forbidden: User "system:serviceaccount:kube-system:replicaset-controller" cannot create resource "pods" in API group "" in the namespace "shop"'
    const [one] = run(refused, { deployments: [workload({ ready: 0, conditions: failure(message) })] })
    expect(one!.evidence[1]).toContain('may not create pods in namespace shop')
    expect(one!.nextSteps[0]).toBe(
      'kubectl auth can-i create pods --as=system:serviceaccount:kube-system:replicaset-controller -n shop',
    )
  })

  it('reads events where there is no condition, also of ReplicaSets nobody read', () => {
    const statefulsets = [workload({ name: 'db', ready: 1 })]
    expect(brief(run(refused, { statefulsets, events: [event('StatefulSet', 'db', 'FailedCreate', quota)] }))).toEqual([
      'WORKLOAD_REPLICAS_REFUSED warning StatefulSet/shop/db',
    ])
    const deployments = [workload({ ready: 1 })]
    expect(
      brief(run(refused, { deployments, events: [event('ReplicaSet', 'web-5d8c7b9f6d', 'FailedCreate', quota)] })),
    ).toEqual(['WORKLOAD_REPLICAS_REFUSED warning Deployment/shop/web'])
  })

  it.each([
    [
      'refusals that are over',
      { deployments: [workload()], events: [event('ReplicaSet', 'web-5d8c7b9f6d', 'FailedCreate', quota)] },
    ],
    [
      'old refusals',
      {
        statefulsets: [workload({ name: 'db', ready: 1 })],
        events: [event('StatefulSet', 'db', 'FailedCreate', quota, hour)],
      },
    ],
    [
      'a name still held by its predecessor',
      {
        statefulsets: [workload({ name: 'db', ready: 1 })],
        events: [event('StatefulSet', 'db', 'FailedCreate', 'object is being deleted: pods "db-0" already exists')],
      },
    ],
  ])('leaves %s alone', (_name, objects) => {
    expect(run(refused, objects)).toEqual([])
  })
})
