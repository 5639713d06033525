import { expect, it } from 'vitest'
import type { ControlPlaneFault } from '../../metrics.ts'
import { buildContext, defaultDetectOptions } from '../context.ts'
import { brief, node, now, snapshotOf } from './testing.ts'
import { controlPlane } from './usage-control-plane.ts'

function look(...faults: ControlPlaneFault[]) {
  const snapshot = {
    ...snapshotOf({ nodes: [node('node-1', 'True')] }),
    metrics: { nodes: new Map(), pods: [], controlPlane: faults },
  }
  return controlPlane.detect(buildContext(snapshot, defaultDetectOptions, now))
}

/** What is said of a kubelet's certificate that holds for so many seconds. */
function left(value: number, name = 'node-1'): string[] {
  return brief(look({ kind: 'kubelet-certificate', node: name, value }))
}

it('tells an API server that fails, once whether it burns fast or slowly', () => {
  const fast = { kind: 'api-errors', node: '', value: 0.2 } as const
  const slow = { kind: 'api-errors-slow', node: '', value: 0.07 } as const
  expect(brief(look(fast, slow))).toEqual(['API_SERVER_ERRORS critical Cluster//test'])
  expect(look(fast, slow)[0]?.evidence).toEqual(['20.0 % of requests failed in the last 1h'])
  expect(look(slow)[0]?.evidence).toEqual(['7.0 % of requests failed in the last 6h'])
})

it('tells a kubelet certificate that runs out, gravely in its last day', () => {
  expect(left(5 * 86_400)).toEqual(['KUBELET_CERTIFICATE_EXPIRES warning Node//node-1'])
  expect(left(3600)).toEqual(['KUBELET_CERTIFICATE_EXPIRES critical Node//node-1'])
  expect(left(3600, 'gone')).toEqual([])
})

it('tells an etcd without a leader', () => {
  expect(brief(look({ kind: 'etcd-leader', node: '', value: 0 }))).toEqual(['ETCD_NO_LEADER critical Cluster//test'])
})

it('says nothing of a control plane that is well, or that nobody scrapes', () => {
  expect(look()).toEqual([])
})
