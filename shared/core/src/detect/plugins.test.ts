import { describe, expect, it } from 'vitest'
import { buildContext, defaultDetectOptions } from './context.ts'
import { driverWorkloadsDown, networkDaemonsOn } from './plugins.ts'
import { condition, now, object, pod, snapshotOf, workload, type Objects } from './rules/testing.ts'
import { hour } from '../time.ts'

const contextOf = (objects: Objects) => buildContext(snapshotOf(objects), defaultDetectOptions, now)
const daemon = (name: string, path: string) =>
  object(name, {
    spec: { template: { spec: { containers: [{ name: 'app' }], volumes: [{ name: 'v', hostPath: { path } }] } } },
  })
const withContainer = (name: string, container: string, ready = 0) =>
  workload({ name, ready, spec: { template: { spec: { containers: [{ name: container }] } } } })
const ofDaemon = (name: string, node: string, ready: 'True' | 'False') =>
  pod({
    node,
    name: `${name}-${node}`,
    ownerReferences: [{ kind: 'DaemonSet', name, controller: true }],
    podStatus: { conditions: [condition('Ready', ready, hour)] },
  })

describe('driverWorkloadsDown', () => {
  const plugin = daemon('ebs-csi-node', '/var/lib/kubelet/plugins/ebs.csi.aws.com/')

  it('finds what names the driver, and the controller beside it', () => {
    const deployments = [withContainer('ebs-csi-controller', 'csi-provisioner'), workload()]
    const found = driverWorkloadsDown(contextOf({ daemonsets: [plugin], deployments }), 'ebs.csi.aws.com')
    expect(found.map(({ name }) => name)).toEqual(['ebs-csi-node', 'ebs-csi-controller'])
  })

  it.each([
    ['a controller that still has a replica', withContainer('ebs-csi-controller', 'csi-provisioner', 1)],
    ['a controller of another driver', withContainer('efs-csi-controller', 'csi-provisioner')],
    ['an app of a like name', withContainer('ebs-report', 'app')],
  ])('leaves out %s', (_name, other) => {
    const found = driverWorkloadsDown(contextOf({ daemonsets: [plugin], deployments: [other] }), 'ebs.csi.aws.com')
    expect(found.map(({ name }) => name)).toEqual(['ebs-csi-node'])
  })
})

describe('networkDaemonsOn', () => {
  const daemonsets = [daemon('calico-node', '/etc/cni/net.d'), daemon('log-agent', '/var/log')]

  it('finds the network plugin that is not ready on the node, and no other daemon', () => {
    const pods = ['calico-node', 'log-agent'].map((name) => ofDaemon(name, 'node-2', 'False'))
    const found = networkDaemonsOn(contextOf({ daemonsets, pods }), 'node-2')
    expect(found.map(({ name }) => name)).toEqual(['calico-node'])
  })

  it.each<[string, ReturnType<typeof pod>]>([
    ['ready there', ofDaemon('calico-node', 'node-2', 'True')],
    ['not ready elsewhere', ofDaemon('calico-node', 'node-1', 'False')],
  ])('leaves out one that is %s', (_name, one) => {
    expect(networkDaemonsOn(contextOf({ daemonsets, pods: [one] }), 'node-2')).toEqual([])
  })
})
