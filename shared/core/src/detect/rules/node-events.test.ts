import { describe, expect, it } from 'vitest'
import { buildContext, defaultDetectOptions } from '../context.ts'
import { hour, minute } from '../../time.ts'
import { nodeCapacity } from './node-capacity.ts'
import { nodeEvents } from './node-events.ts'
import { brief, event, node, now, pod, run, snapshotOf } from './testing.ts'

const lost = (times: number, first = 10 * minute) => ({
  ...event('Pod', 'web-5d8c7b9f6d-abcde', 'NodeNotReady', 'Node is not ready', minute, first),
  count: times,
})

const flaps = (one: object) => brief(run(nodeEvents, { nodes: [node()], pods: [pod()], events: [one] }))

/** What is told of a node that may run so many pods and runs so many. */
function crowded(pods: string, used: number): string[] {
  const full = { ...node(), status: { ...node().status, allocatable: { pods } } }
  const census = { total: used, byNode: new Map([['node-1', used]]), unreadLike: new Map() }
  const snapshot = { ...snapshotOf({ nodes: [full] }), census }
  return brief(nodeCapacity.detect(buildContext(snapshot, defaultDetectOptions, now)))
}

describe('nodeEvents', () => {
  it.each([
    ['OOMKilling', 'info'],
    ['SystemOOM', 'warning'],
    ['TaskHung', 'warning'],
    ['KernelOops', 'warning'],
    ['Ext4Error', 'warning'],
    ['IOError', 'warning'],
    ['ConntrackFull', 'warning'],
    ['DNSUnreachable', 'warning'],
    ['Rebooted', 'info'],
    ['ImageGCFailed', 'warning'],
    ['FreeDiskSpaceFailed', 'warning'],
  ])('tells %s', (reason, severity) => {
    const events = [event('Node', 'node-1', reason, 'text')]
    expect(brief(run(nodeEvents, { nodes: [node()], events }))).toEqual([`NODE_EVENT ${severity} Node//node-1`])
  })

  it('is silent about other reasons, what was hours ago and nodes that are gone', () => {
    const old = event('Node', 'node-1', 'TaskHung', 'x', 2 * hour)
    const start = event('Node', 'node-1', 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem')
    const gone = event('Node', 'node-9', 'TaskHung', 'x')
    expect(run(nodeEvents, { nodes: [node()], events: [old, start, gone] })).toEqual([])
  })

  it('tells a node that was lost more than twice within a quarter of an hour', () => {
    expect(flaps(lost(3))).toEqual(['NODE_FLAPPING warning Node//node-1'])
    expect(flaps(lost(2))).toEqual([])
    expect(flaps(lost(9, 5 * hour))).toEqual([])
  })
})

describe('nodeCapacity', () => {
  it('notes a node near its number of pods, and leaves room and Fargate alone', () => {
    expect(crowded('110', 108)).toEqual(['NODE_PODS_NEARLY_FULL info Node//node-1'])
    expect(crowded('110', 100)).toEqual([])
    expect(crowded('1', 1)).toEqual([])
  })
})
