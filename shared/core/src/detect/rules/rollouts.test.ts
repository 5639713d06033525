import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { rollouts } from './rollouts.ts'
import { ago, brief, node, pod, run, waiting, workload } from './testing.ts'

const available = (since: number) => [{ type: 'Available', status: 'False', lastTransitionTime: ago(since) }]
const stalled = [
  { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: ago(minute) },
]
const daemonSet = (missing: number) =>
  workload({
    name: 'agent',
    status: { desiredNumberScheduled: 5, numberReady: 5 - missing, numberUnavailable: missing },
  })

/** The next steps for a stalled rollout of an object with these marks. */
function advice(marks: object): string {
  const stuck = workload({ ready: 0, conditions: stalled })
  const marked = { ...stuck, metadata: { ...stuck.metadata, ...marks } }
  return run(rollouts, { deployments: [marked] })[0]!.nextSteps.join('\n')
}

describe('rollouts', () => {
  it('tells stalled rollouts, worse when nothing serves', () => {
    expect(brief(run(rollouts, { deployments: [workload({ conditions: stalled })] }))).toEqual([
      'WORKLOAD_ROLLOUT_STALLED warning Deployment/shop/web',
    ])
    expect(run(rollouts, { deployments: [workload({ ready: 0, conditions: stalled })] })[0]!.severity).toBe('critical')
  })

  it('advises an undo only where Git would not put it back', () => {
    expect(advice({})).toContain('rollout undo')
    expect(advice({ annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' } })).toMatch(
      /^.*\nRevert the change in Git/,
    )
    expect(advice({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } })).not.toContain(
      'kubectl -n shop rollout undo',
    )
  })

  it('tells missing replicas once it took too long', () => {
    expect(brief(run(rollouts, { deployments: [workload({ ready: 0, conditions: available(10 * minute) })] }))).toEqual(
      ['WORKLOAD_UNAVAILABLE critical Deployment/shop/web'],
    )
    const pods = [
      pod({
        ownerReferences: [{ kind: 'StatefulSet', name: 'web' }],
        age: 20 * minute,
        phase: 'Pending',
        status: waiting('ContainerCreating'),
      }),
    ]
    expect(brief(run(rollouts, { statefulsets: [workload({ ready: 1 })], pods }))).toEqual([
      'WORKLOAD_UNAVAILABLE warning StatefulSet/shop/web',
    ])
  })

  it('gives daemons missing on dead nodes to the nodes', () => {
    const found = run(rollouts, { daemonsets: [daemonSet(1)], nodes: [node('a', 'Unknown'), node('b')] })
    expect(brief(found)).toEqual(['WORKLOAD_UNAVAILABLE info DaemonSet/shop/agent'])
    expect(found[0]!.links.nodes).toEqual(['a'])
  })

  const slow = { startupProbe: { periodSeconds: 10, failureThreshold: 90 } }
  it.each([
    ['scaled to zero', { deployments: [workload({ desired: 0 })] }],
    [
      'a Deployment that is paused',
      { deployments: [workload({ conditions: stalled, spec: { replicas: 2, paused: true } })] },
    ],
    ['a fresh outage', { deployments: [workload({ ready: 0, conditions: available(2 * minute) })] }],
    [
      'a slow start within its own budget',
      { deployments: [workload({ ready: 0, conditions: available(10 * minute), container: slow })] },
    ],
    [
      'a spec the controller has not seen',
      { deployments: [workload({ ready: 0, conditions: available(hour), metadata: { generation: 2 } })] },
    ],
    [
      'one replica that just restarted',
      { deployments: [workload({ ready: 1 })], pods: [pod({ age: minute, status: waiting('ContainerCreating') })] },
    ],
    ['a rolling update of a StatefulSet', { statefulsets: [workload({ ready: 1 })] }],
    [
      'a StatefulSet updated on delete',
      {
        statefulsets: [
          workload({ status: { updatedReplicas: 0 }, spec: { replicas: 2, updateStrategy: { type: 'OnDelete' } } }),
        ],
      },
    ],
    ['a rollout of a DaemonSet', { daemonsets: [daemonSet(1)], nodes: [node()] }],
    [
      'a DaemonSet that matches no node',
      { daemonsets: [workload({ status: { desiredNumberScheduled: 0, numberReady: 0 } })] },
    ],
  ])('leaves %s alone', (_name, objects) => {
    expect(run(rollouts, objects)).toEqual([])
  })
})
