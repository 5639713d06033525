import { expect, it } from 'vitest'
import { ago, condition, node, object, pod, waiting, workload } from '../../shared/core/src/detect/rules/testing.ts'
import { day, hour, minute } from '../../shared/core/src/time.ts'
import { app, crash, eventOn, podName, running, starting, unscheduled } from './judge-apps.ts'
import { dns, surroundings, together, told, type Story } from './judge-cluster.ts'

/** Faults of nodes, their networks, and storage. */

const unboundClaim = 'pod has unbound immediate PersistentVolumeClaims. not found'
const unbound = unscheduled(`0/3 nodes are available: ${unboundClaim}`, {
  spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
})
const claim = (spec: object = {}) =>
  object('data', {
    metadata: { creationTimestamp: ago(20 * minute) },
    spec: { storageClassName: 'standard', ...spec },
    status: { phase: 'Pending' },
  })
const inZone = (zone: string) => ({ 'topology.kubernetes.io/zone': zone })
const well = (name: string, zone: string) => node(name, 'True', { labels: inZone(zone) })
const lost = (name: string, zone: string) =>
  node(name, 'Unknown', {
    since: 20 * minute,
    labels: inZone(zone),
    spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
  })

it.each<[name: string, story: Story, expected: string[], around?: Story['objects']]>([
  [
    'a StorageClass that does not exist',
    {
      objects: together(app('web', { replicas: 1, broken: unbound }), {
        persistentvolumeclaims: [claim({ storageClassName: 'fast' })],
      }),
    },
    ['STORAGE_CLASS_MISSING critical StorageClass//fast: Deployment/shop/web PersistentVolumeClaim/shop/data'],
  ],
  [
    'a storage driver that crashes, and the claims it does not serve',
    {
      objects: together(
        app('ebs-csi-controller', {
          namespace: 'kube-system',
          service: false,
          since: 40 * minute,
          template: { containers: [{ name: 'ebs-plugin' }, { name: 'csi-provisioner' }] },
          broken: crash(),
        }),
        {
          daemonsets: [
            object('ebs-csi-node', {
              metadata: { namespace: 'kube-system' },
              spec: {
                template: {
                  spec: {
                    containers: [{ name: 'node' }],
                    volumes: [{ name: 'plugin', hostPath: { path: '/var/lib/kubelet/plugins/ebs.csi.aws.com/' } }],
                  },
                },
              },
              status: { desiredNumberScheduled: 3, numberReady: 3 },
            }),
          ],
        },
        app('web', { replicas: 1, broken: unbound }),
        {
          persistentvolumeclaims: [claim()],
          events: [
            eventOn(
              'PersistentVolumeClaim',
              'shop',
              'data',
              'ExternalProvisioning',
              "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator.",
              { type: 'Normal' },
            ),
          ],
        },
      ),
    },
    [
      'POD_CRASH_LOOP critical Deployment/kube-system/ebs-csi-controller: Deployment/shop/web PersistentVolumeClaim/shop/data',
    ],
  ],
  [
    'a zone that is gone, with its pods',
    {
      objects: together(
        { nodes: [lost('n1', 'a'), lost('n2', 'a'), well('n3', 'b')] },
        app('web', { ready: 1, broken: { node: 'n1', status: running(20 * minute) } }),
        app('api', { ready: 1, broken: { node: 'n2', status: running(20 * minute) } }),
      ),
    },
    ['ZONE_DOWN critical Zone//a: Deployment/shop/api Deployment/shop/web Node//n1 Node//n2'],
    together({ namespaces: surroundings.namespaces! }, dns()),
  ],
  [
    'a node under disk pressure, and what it evicted (ITBench, Robusta)',
    {
      objects: together(
        {
          nodes: [
            node('node-9', 'True', {
              conditions: [condition('DiskPressure', 'True', 30 * minute, 'KubeletHasDiskPressure')],
              spec: { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] },
            }),
          ],
        },
        {
          deployments: [workload({ name: 'web' })],
          pods: [1, 2].map((index) => ({
            ...(app('web', { broken: {} }).pods![0] as object),
            metadata: {
              name: `web-6b7c8d9f4-e${index}`,
              namespace: 'shop',
              uid: `e${index}`,
              creationTimestamp: ago(hour),
              labels: { 'pod-template-hash': '6b7c8d9f4' },
              ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6b7c8d9f4', controller: true }],
            },
            spec: { nodeName: 'node-9', containers: [{ name: 'app' }] },
            status: {
              phase: 'Failed',
              reason: 'Evicted',
              message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. ',
              startTime: ago(hour),
            },
          })),
        },
      ),
    },
    ['NODE_PRESSURE warning Node//node-9: Deployment/shop/web'],
  ],
  [
    'a node without a working network plugin',
    {
      objects: together(
        {
          nodes: [
            node('node-9', 'False', {
              since: 20 * minute,
              conditions: [condition('NetworkUnavailable', 'True', 20 * minute, 'NoRouteCreated')],
            }),
          ],
        },
        app('a', { ready: 1, since: 15 * minute, broken: { ...starting, node: 'node-9' } }),
        app('b', { ready: 1, since: 15 * minute, broken: { ...starting, node: 'node-9' } }),
        {
          events: ['a', 'b'].map((name) =>
            eventOn(
              'Pod',
              'shop',
              podName(name),
              'FailedCreatePodSandBox',
              'Failed to create pod sandbox: plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory',
            ),
          ),
        },
      ),
    },
    ['NODE_NOT_READY critical Node//node-9: Deployment/shop/a Deployment/shop/b'],
  ],
  [
    'a network plugin whose daemon crashes, and pods that get no network on its node',
    {
      objects: together(
        app('a', { ready: 1, since: 15 * minute, broken: { ...starting, node: 'node-2' } }),
        app('b', { ready: 1, since: 15 * minute, broken: { ...starting, node: 'node-2' } }),
        {
          daemonsets: [
            object('calico-node', {
              metadata: { namespace: 'kube-system', generation: 1 },
              spec: {
                template: {
                  metadata: { labels: { 'k8s-app': 'calico-node' } },
                  spec: {
                    containers: [{ name: 'app' }],
                    volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/net.d' } }],
                  },
                },
              },
              status: { observedGeneration: 1, desiredNumberScheduled: 3, numberReady: 2, numberUnavailable: 1 },
            }),
          ],
          pods: [
            {
              ...(app('calico-node', {
                replicas: 1,
                since: 25 * minute,
                broken: {
                  node: 'node-2',
                  ownerReferences: [{ kind: 'DaemonSet', name: 'calico-node', controller: true }],
                  ...crash(),
                  spec: { volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/net.d' } }] },
                },
                namespace: 'kube-system',
              }).pods![0] as object),
            },
          ],
          events: ['a', 'b'].map((name) =>
            eventOn(
              'Pod',
              'shop',
              podName(name),
              'FailedCreatePodSandBox',
              'Failed to create pod sandbox: plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized',
            ),
          ),
        },
      ),
    },
    ['POD_CRASH_LOOP warning DaemonSet/kube-system/calico-node: Deployment/shop/a Deployment/shop/b'],
  ],
  [
    'a node that comes and goes',
    {
      objects: {
        events: [
          eventOn('Node', '', 'node-2', 'NodeNotReady', 'Node node-2 status is now: NodeNotReady', {
            type: 'Normal',
            count: 4,
            first: 13 * minute,
          }),
        ],
      },
    },
    ['NODE_FLAPPING warning Node//node-2'],
  ],
  [
    'a daemon no node of one kind has room for',
    {
      objects: {
        daemonsets: [
          object('agent', {
            metadata: { generation: 1 },
            spec: { template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'app' }] } } },
            status: { observedGeneration: 1, desiredNumberScheduled: 3, numberReady: 2, numberUnavailable: 1 },
          }),
        ],
        pods: [
          pod({
            name: 'agent-x',
            ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true }],
            ...unscheduled(
              "0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available",
            ),
          }),
        ],
      },
    },
    ['POD_UNSCHEDULABLE warning DaemonSet/shop/agent'],
  ],
  [
    'a StatefulSet pod whose node died: the new one waits for the volume',
    {
      objects: together(
        {
          nodes: [
            node('node-4', 'Unknown', {
              since: 20 * minute,
              spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
            }),
          ],
        },
        {
          statefulsets: [
            workload({ name: 'pg', desired: 1, ready: 0, spec: { replicas: 1, serviceName: '' }, conditions: [] }),
          ],
          pods: [
            {
              ...pod({
                name: 'pg-0',
                node: 'node-4',
                ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
              }),
              metadata: {
                name: 'pg-0',
                namespace: 'shop',
                uid: 'pg0',
                creationTimestamp: ago(day),
                deletionTimestamp: ago(14 * minute),
                ownerReferences: [{ kind: 'StatefulSet', name: 'pg', controller: true }],
              },
            },
          ],
        },
      ),
    },
    ['NODE_NOT_READY critical Node//node-4: StatefulSet/shop/pg'],
  ],
  [
    'a volume another node holds (Multi-Attach)',
    {
      objects: together(
        app('web', { replicas: 1, broken: { phase: 'Pending', status: waiting('ContainerCreating'), node: 'node-2' } }),
        {
          events: [
            eventOn(
              'Pod',
              'shop',
              podName('web'),
              'FailedAttachVolume',
              'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another',
            ),
          ],
        },
      ),
    },
    ['POD_STUCK_CREATING critical Deployment/shop/web'],
  ],
  [
    'a volume that is lost',
    {
      objects: together(
        app('web', {
          replicas: 1,
          broken: unscheduled(
            '0/3 nodes are available: persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-9". not found',
            { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } },
          ),
        }),
        { persistentvolumeclaims: [object('data', { spec: { volumeName: 'pv-9' }, status: { phase: 'Lost' } })] },
      ),
    },
    ['PVC_LOST critical PersistentVolumeClaim/shop/data: Deployment/shop/web'],
  ],
  [
    'a node out of memory, and what is killed there',
    {
      objects: together(
        {
          nodes: [
            node('node-5', 'True', {
              conditions: [condition('MemoryPressure', 'True', 30 * minute, 'KubeletHasInsufficientMemory')],
            }),
          ],
        },
        {
          deployments: [workload({ name: 'web' })],
          pods: [1, 2].map((index) =>
            pod({
              name: `web-6b7c8d9f4-e${index}`,
              phase: 'Failed',
              node: 'node-5',
              ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6b7c8d9f4', controller: true }],
              labels: { app: 'web', 'pod-template-hash': '6b7c8d9f4' },
              podStatus: {
                reason: 'Evicted',
                message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 10Mi.',
                startTime: ago(hour),
              },
            }),
          ),
        },
      ),
    },
    ['NODE_PRESSURE warning Node//node-5: Deployment/shop/web'],
  ],
])('%s', (_name, story, expected, around) => {
  expect(told(story, around)).toEqual(expected)
})
