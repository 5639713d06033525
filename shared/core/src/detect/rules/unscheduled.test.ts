import { describe, expect, it } from 'vitest'
import { minute, second } from '../../time.ts'
import { unscheduled } from './unscheduled.ts'
import { ago, brief, node, object, pod, run, workload } from './testing.ts'

const noRoom =
  '0/2 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'
function pending(
  message: string | undefined,
  age: number,
  extra: Parameters<typeof pod>[0] = {},
  reason = 'Unschedulable',
) {
  const conditions =
    message === undefined
      ? []
      : [{ type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: ago(age) }]
  return pod({ age, node: '', phase: 'Pending', ...extra, podStatus: { conditions, containerStatuses: [] } })
}
const deployments = [workload({ ready: 0 })]

const severityAt = (age: number) =>
  run(unscheduled, { pods: [pending(noRoom, age)], deployments }).map(({ severity }) => severity)

describe('unscheduled', () => {
  it('warns after a minute and is alarmed after five', () => {
    expect([severityAt(30 * second), severityAt(2 * minute), severityAt(6 * minute)]).toEqual([
      [],
      ['warning'],
      ['critical'],
    ])
  })

  it('says what is short, and names taints the message no longer names', () => {
    const nodes = [
      node('node-1', 'True', { spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] } }),
    ]
    const found = run(unscheduled, { pods: [pending(noRoom, 6 * minute)], nodes, deployments })
    expect(found[0]!.title).toContain('not enough cpu')
    expect(found[0]!.evidence.join()).toContain('Taints it does not tolerate: dedicated')
  })

  it('blames the claim a pod waits for', () => {
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }]
    const waits = pending(
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      6 * minute,
      { spec: { volumes } },
    )
    const claim = object('data', { status: { phase: 'Pending' } })
    const found = run(unscheduled, { pods: [waits], persistentvolumeclaims: [claim], deployments })
    expect(found[0]!.links.causedBy).toEqual([{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }])
    expect(found[0]!.title).toContain('is not bound')
    expect(run(unscheduled, { pods: [waits], deployments })[0]!.title).toContain('does not exist')
  })

  it('blames a dead node only for pods that nothing else keeps off', () => {
    const nodes = [
      node('node-1', 'Unknown', {
        spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] },
      }),
      node('node-2'),
    ]
    const pinned =
      "0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) didn't match PersistentVolume's node affinity."
    expect(run(unscheduled, { pods: [pending(pinned, 6 * minute)], nodes, deployments })[0]!.links.nodes).toEqual([
      'node-1',
    ])
    expect(
      run(unscheduled, { pods: [pending(noRoom, 6 * minute)], nodes, deployments })[0]!.links.nodes,
    ).toBeUndefined()
  })

  it('tells pods no scheduler looks at', () => {
    const found = run(unscheduled, {
      pods: [pending(undefined, 5 * minute, { ownerReferences: [], spec: { schedulerName: 'volcano' } })],
    })
    expect(brief(found)).toEqual(['POD_NOT_SCHEDULED_SILENTLY critical Pod/shop/web-5d8c7b9f6d-abcde'])
    expect(found[0]!.title).toContain('volcano')
  })

  it('only notes scheduling gates, and leaves placed pods alone', () => {
    const gated = pending('Scheduling is blocked due to non-empty scheduling gates', 60 * minute, {}, 'SchedulingGated')
    expect(run(unscheduled, { pods: [gated, pod()], deployments }).map(({ severity }) => severity)).toEqual(['info'])
    expect(run(unscheduled, { pods: [pending(undefined, minute)] })).toEqual([])
  })
})
