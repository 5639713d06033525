import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseSchedulingMessage, schedulingCategories } from './scheduling.ts'

const recording = new URL('../../simulator/recordings/scheduler-messages.json.gz', import.meta.url)
const { scenarios } = JSON.parse(gunzipSync(readFileSync(recording)).toString()) as {
  scenarios: { name: string; messages: string[] }[]
}

/** The categories of a message, with numbers and resources where there are any. */
function summary(message: string): string {
  return parseSchedulingMessage(message)
    .reasons.map(({ category, count, resource }) =>
      [category, count, resource].filter((part) => part != null).join(' '),
    )
    .join(' + ')
}

describe('parseSchedulingMessage', () => {
  it.each(scenarios.flatMap(({ name, messages }) => messages.map((message) => ({ name, message }))))(
    'knows every reason of $name',
    ({ message }) => {
      const { reasons } = parseSchedulingMessage(message)
      expect(reasons.length).toBeGreaterThan(0)
      expect(reasons.filter(({ category }) => category === 'Other' || category === 'Preemption')).toEqual([])
    },
  )

  it.each([
    [
      '0/10 nodes are available: 1 Insufficient memory, 1 Too many pods, 1 node(s) were unschedulable, 4 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/10 nodes are available: 10 Preemption is not helpful for scheduling.',
      'InsufficientResource 1 memory + InsufficientResource 1 pods + Cordoned 1 + UntoleratedTaint 4',
    ],
    [
      "0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 2 Insufficient cpu.",
      'UntoleratedTaint 1 + InsufficientResource 2 cpu',
    ],
    [
      '0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 2 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
      'NodeUnavailable 1 + InsufficientResource 2 nvidia.com/gpu',
    ],
    ["0/3 nodes are available: 3 node(s) had taints that the pod didn't tolerate.", 'UntoleratedTaint 3'],
    ['0/3 nodes are available: 3 node(s) had volume node affinity conflict.', 'VolumeNodeAffinity 3'],
    [
      "0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. preemption: not eligible due to preemptionPolicy=Never.",
      'VolumeNodeAffinity 3',
    ],
    ["0/5 nodes are available: 5 node(s) didn't match node selector.", 'NodeSelector 5'],
    ['0/1 nodes are available: insufficient memory', 'InsufficientResource memory'],
    ['pod has unbound immediate PersistentVolumeClaims', 'UnboundClaim'],
    ['persistentvolumeclaim "data" not found', 'MissingClaim'],
    [
      '0/3 nodes are available: persistentvolumeclaim "c" bound to non-existent persistentvolume "pvl". not found',
      'LostVolume',
    ],
    [
      '0/3 nodes are available: 1 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s), 2 node(s) exceed max volume count.',
      'LostVolume 1 + VolumeLimit 2',
    ],
    [
      '0/2 nodes are available: 2 node(s) declared features check failed - unsatisfied requirements: a, b.',
      'NodeFeature 2',
    ],
    ['no nodes available to schedule pods', 'NoNodes'],
    [
      "pod didn't trigger scale-up: 1 max node group size reached, 2 Insufficient cpu",
      'Autoscaler 1 + InsufficientResource 2 cpu',
    ],
    ['waiting for scheduling gates: [kueue.x-k8s.io/admission]', 'Gated'],
    ['the moon is in the wrong phase', 'Other'],
  ])('reads %s', (message, expected) => {
    expect(summary(message)).toBe(expected)
  })

  it('tells the total, the taint and an empty message', () => {
    const { nodesTotal, reasons } = parseSchedulingMessage(
      '0/7 nodes are available: 7 node(s) had untolerated taint {dedicated: gpu}.',
    )
    expect({ nodesTotal, taint: reasons[0]!.taint }).toEqual({ nodesTotal: 7, taint: 'dedicated' })
    expect(parseSchedulingMessage('')).toEqual({ nodesTotal: null, reasons: [] })
  })

  it('says every category in plain words', () => {
    expect(Object.values(schedulingCategories).every((text) => text.length > 15)).toBe(true)
  })
})
