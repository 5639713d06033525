import { expect, it } from 'vitest'
import {
  ago,
  condition,
  ended,
  node,
  object,
  pod,
  waiting,
  workload,
  type Objects,
} from '../../shared/core/src/detect/rules/testing.ts'
import { day, hour, minute, second } from '../../shared/core/src/time.ts'
import { app, eventOn, podName, podOf, running, serviceOf, sliceOf } from './judge-apps.ts'
import { namespaceOf, together, told } from './judge-cluster.ts'

/** Clusters that are well and odd: nothing at warning or above may come of them. */

const taint = (key: string, effect = 'NoSchedule') => ({ key, effect })
const unscheduled = (message: string, since: number) => ({
  phase: 'Pending',
  node: '',
  age: since,
  podStatus: {
    containerStatuses: [],
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(since) },
    ],
  },
})
const daemons = (name: string, desired: number, ready: number, more = {}) =>
  object(name, {
    metadata: { namespace: 'kube-system', generation: 1 },
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app' }] } } },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: desired,
      currentNumberScheduled: desired,
      numberReady: ready,
      numberAvailable: ready,
      numberUnavailable: desired - ready,
      ...more,
    },
  })
const staticPod = (name: string) => ({
  ...pod({ name }),
  metadata: {
    name,
    namespace: 'kube-system',
    uid: name,
    creationTimestamp: ago(day),
    annotations: { 'kubernetes.io/config.mirror': 'x' },
    ownerReferences: [{ kind: 'Node', name: 'node-1', controller: true }],
  },
})
const job = (name: string, status: object, spec: object = {}, metadata: object = {}) =>
  object(name, { metadata, spec: { backoffLimit: 6, ...spec }, status })
const hpa = (name: string, conditions: object[], status: object = {}, spec: object = {}) =>
  object(name, {
    spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { kind: 'Deployment', name }, ...spec },
    status: { currentReplicas: 2, desiredReplicas: 2, conditions, ...status },
  })

it.each<[name: string, objects: Objects]>([
  [
    'a fresh rollout: surge pods of the last minute',
    together(app('web', { replicas: 3, ready: 3 }), {
      pods: [
        podOf(
          'web',
          'shop',
          0,
          { app: 'web' },
          { age: 40 * second, phase: 'Pending', status: waiting('ContainerCreating') },
        ),
      ],
    }),
  ],
  [
    'a rollout whose new pod is started and not ready yet',
    app('web', {
      replicas: 3,
      ready: 2,
      since: 70 * second,
      broken: { status: running(60 * second) },
      conditions: [
        condition('Available', 'True', day),
        condition('Progressing', 'True', 70 * second, 'ReplicaSetUpdated'),
      ],
    }),
  ],
  [
    'a slow Java service within its probes',
    app('java', {
      replicas: 1,
      since: 4 * minute,
      broken: {
        container: { readinessProbe: { httpGet: { port: 8080 }, initialDelaySeconds: 300 } },
        status: running(4 * minute),
      },
      container: { readinessProbe: { httpGet: { port: 8080 }, initialDelaySeconds: 300 } },
    }),
  ],
  [
    'a pod that is being deleted within its grace',
    {
      pods: [
        {
          ...podOf('web', 'shop', 0, { app: 'web' }, { status: running(day) }),
          metadata: {
            name: podName('web'),
            namespace: 'shop',
            uid: 'w',
            creationTimestamp: ago(day),
            deletionTimestamp: ago(20 * second),
            deletionGracePeriodSeconds: 60,
            ownerReferences: [{ kind: 'ReplicaSet', name: 'web-6b7c8d9f4', controller: true }],
          },
        },
      ],
      deployments: [workload()],
    },
  ],
  [
    'completed migrations, hooks and imports',
    {
      jobs: [
        job('migrate', { succeeded: 1, conditions: [condition('Complete', 'True', hour)] }),
        job('retry', {
          failed: 3,
          succeeded: 1,
          conditions: [condition('SuccessCriteriaMet', 'True', hour), condition('Complete', 'True', hour)],
        }),
      ],
      pods: [1, 2].map((index) =>
        pod({
          name: `retry-${index}`,
          phase: 'Failed',
          ownerReferences: [{ kind: 'Job', name: 'retry', controller: true }],
          status: { ready: false, state: ended(1, 'Error', 2 * hour) },
        }),
      ),
    },
  ],
  [
    'a Job at its second try',
    {
      jobs: [job('import', { active: 1, failed: 1, startTime: ago(5 * minute) })],
      pods: [
        pod({
          name: 'import-1',
          phase: 'Failed',
          ownerReferences: [{ kind: 'Job', name: 'import', controller: true }],
          status: { ready: false, state: ended(1, 'Error', 3 * minute) },
        }),
      ],
    },
  ],
  [
    'a CronJob that failed once and then succeeded',
    {
      cronjobs: [
        object('report', {
          metadata: { creationTimestamp: ago(day) },
          spec: { schedule: '0 * * * *', jobTemplate: { spec: {} } },
          status: { lastScheduleTime: ago(minute), lastSuccessfulTime: ago(minute) },
        }),
      ],
      jobs: [
        job(
          'report-29380000',
          { failed: 1, conditions: [condition('Failed', 'True', 3 * hour, 'BackoffLimitExceeded')] },
          {},
          {
            creationTimestamp: ago(3 * hour),
            ownerReferences: [{ kind: 'CronJob', name: 'report', controller: true }],
          },
        ),
      ],
    },
  ],
  [
    'a CronJob that runs for the first time tonight',
    {
      cronjobs: [
        object('nightly', {
          metadata: { creationTimestamp: ago(2 * hour) },
          spec: { schedule: '0 3 * * *', jobTemplate: { spec: {} } },
        }),
      ],
    },
  ],
  [
    'a spot node that is being taken away, with its pods',
    together(
      app('web', { replicas: 2, ready: 1, since: 2 * minute, broken: { node: 'spot-1', status: running(day) } }),
      {
        nodes: [
          node('spot-1', 'Unknown', {
            since: 2 * minute,
            spec: {
              unschedulable: true,
              taints: [
                taint('aws-node-termination-handler/spot-itn'),
                taint('node.kubernetes.io/unreachable', 'NoExecute'),
              ],
            },
          }),
        ],
      },
    ),
  ],
  [
    'a node Karpenter removes',
    {
      nodes: [node('old', 'False', { since: 3 * minute, spec: { taints: [taint('karpenter.sh/disrupted')] } })],
      daemonsets: [daemons('agent', 4, 3)],
    },
  ],
  [
    'a node the GKE autoscaler removes',
    {
      nodes: [node('old', 'False', { since: 3 * minute, spec: { taints: [taint('ToBeDeletedByClusterAutoscaler')] } })],
    },
  ],
  [
    'a node that joins',
    {
      nodes: [
        node('new', 'False', {
          age: minute,
          since: minute,
          spec: {
            taints: [taint('node.cloudprovider.kubernetes.io/uninitialized'), taint('node.kubernetes.io/not-ready')],
          },
        }),
      ],
      daemonsets: [daemons('agent', 4, 3)],
    },
  ],
  [
    'an autoscaler that adds a node for a pod',
    together(
      app('big', {
        replicas: 2,
        ready: 1,
        since: 50 * second,
        broken: unscheduled('0/3 nodes are available: 3 Insufficient cpu.', 50 * second),
      }),
      {
        events: [
          eventOn(
            'Pod',
            'shop',
            podName('big'),
            'TriggeredScaleUp',
            'pod triggered scale-up: [{group 3->4 (max: 10)}]',
            { type: 'Normal' },
          ),
        ],
      },
    ),
  ],
  [
    'a claim that waits for its first consumer',
    {
      storageclasses: [
        { metadata: { name: 'late' }, provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'WaitForFirstConsumer' },
      ],
      persistentvolumeclaims: [object('later', { spec: { storageClassName: 'late' }, status: { phase: 'Pending' } })],
      events: [
        eventOn(
          'PersistentVolumeClaim',
          'shop',
          'later',
          'WaitForFirstConsumer',
          'waiting for first consumer to be created before binding',
          { type: 'Normal' },
        ),
      ],
    },
  ],
  [
    'a managed control plane: no parts of it, Fargate nodes of one pod',
    { nodes: [node('fargate-1', 'True', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })] },
  ],
  ['a self-made control plane of static pods', { pods: ['etcd-node-1', 'kube-apiserver-node-1'].map(staticPod) }],
  [
    'a control-plane node with its taint',
    {
      nodes: [
        node('cp-1', 'True', {
          spec: { taints: [taint('node-role.kubernetes.io/control-plane')] },
          labels: { 'node-role.kubernetes.io/control-plane': '' },
        }),
      ],
      daemonsets: [daemons('gpu-plugin', 0, 0)],
    },
  ],
  [
    'GKE: a default backend, metadata agents on no node, a NEG annotation',
    together({
      services: [
        object('default-http-backend', {
          metadata: { namespace: 'kube-system', annotations: { 'cloud.google.com/neg': '{}' } },
          spec: { type: 'NodePort', selector: { 'k8s-app': 'glbc' }, ports: [{ port: 80, targetPort: 8080 }] },
        }),
      ],
      deployments: [
        workload({
          name: 'l7-default-backend',
          namespace: 'kube-system',
          desired: 1,
          spec: {
            replicas: 1,
            template: {
              metadata: { labels: { 'k8s-app': 'glbc' } },
              spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
            },
          },
        }),
      ],
      endpointslices: [sliceOf('default-http-backend', 'kube-system', 1)],
      daemonsets: [daemons('metadata-proxy-v0.1', 0, 0), daemons('nvidia-gpu-device-plugin', 0, 0)],
    }),
  ],
  [
    'K3s: traefik by a Helm job, a service load balancer',
    together({
      namespaces: [namespaceOf('cattle-system')],
      pods: [
        pod({
          name: 'helm-install-traefik-abcde',
          phase: 'Succeeded',
          ownerReferences: [{ kind: 'Job', name: 'helm-install-traefik', controller: true }],
          status: { ready: false, restartCount: 2, state: ended(0, 'Completed') },
        }),
      ],
      jobs: [job('helm-install-traefik', { succeeded: 1, conditions: [condition('Complete', 'True', day)] })],
      daemonsets: [daemons('svclb-traefik-1', 3, 3)],
    }),
  ],
  [
    'OpenShift: pods that were installed and ended, revisions that went',
    {
      pods: ['installer-3-master-0', 'revision-pruner-3-master-0'].map((name) =>
        pod({ name, phase: 'Succeeded', ownerReferences: [], status: { ready: false, state: ended(0, 'Completed') } }),
      ),
    },
  ],
  [
    'leader election by endpoints, a headless Service without pods yet',
    {
      services: [
        serviceOf('lock', 'shop', 80, { selector: undefined }),
        object('fresh', {
          metadata: { creationTimestamp: ago(minute) },
          spec: { clusterIP: 'None', selector: { app: 'fresh' }, ports: [{ port: 80 }] },
        }),
      ],
      endpointslices: [sliceOf('lock', 'shop', 0)],
    },
  ],
  [
    'a Service of an operator for a role nobody has (Patroni, CNPG)',
    {
      services: [
        object('pg-r', {
          metadata: { ownerReferences: [{ kind: 'Cluster', name: 'pg', controller: true }] },
          spec: { selector: { role: 'replica' }, ports: [{ port: 5432 }] },
        }),
      ],
      endpointslices: [sliceOf('pg-r', 'shop', 0)],
    },
  ],
  [
    'a Service for pods that a Knative revision scaled to zero',
    {
      services: [
        object('app-00001-private', {
          metadata: { ownerReferences: [{ kind: 'ServerlessService', name: 'app-00001', controller: true }] },
          spec: { selector: { 'serving.knative.dev/revision': 'app-00001' }, ports: [{ port: 80, targetPort: 8012 }] },
        }),
      ],
      endpointslices: [sliceOf('app-00001-private', 'shop', 0)],
      deployments: [
        workload({
          name: 'app-00001-deployment',
          desired: 0,
          ready: 0,
          spec: {
            replicas: 0,
            template: {
              metadata: { labels: { 'serving.knative.dev/revision': 'app-00001' } },
              spec: { containers: [{ name: 'app' }] },
            },
          },
        }),
      ],
    },
  ],
  [
    'paused and suspended things',
    {
      deployments: [
        workload({
          name: 'held',
          spec: { paused: true, replicas: 2 },
          conditions: [
            condition('Progressing', 'Unknown', hour, 'DeploymentPaused'),
            condition('Available', 'True', day),
          ],
        }),
      ],
      cronjobs: [
        object('off', {
          metadata: { creationTimestamp: ago(9 * day) },
          spec: { schedule: '* * * * *', suspend: true, jobTemplate: { spec: {} } },
        }),
      ],
      jobs: [job('queued', { conditions: [condition('Suspended', 'True', hour, 'JobSuspended')] }, { suspend: true })],
    },
  ],
  [
    'autoscalers at rest: at their minimum, switched off, within tolerance, at the maximum for a moment',
    {
      deployments: ['a', 'b', 'c', 'd'].map((name) => workload({ name, desired: name === 'b' ? 0 : 2 })),
      horizontalpodautoscalers: [
        hpa('a', [condition('ScalingLimited', 'True', day, 'TooFewReplicas')]),
        hpa('b', [condition('ScalingActive', 'False', day, 'ScalingDisabled')], {
          currentReplicas: 0,
          desiredReplicas: 0,
        }),
        hpa('c', [condition('AbleToScale', 'True', day, 'ScaleDownStabilized')]),
        hpa('d', [condition('ScalingLimited', 'True', 5 * minute, 'TooManyReplicas')], {
          currentReplicas: 10,
          desiredReplicas: 10,
        }),
      ],
    },
  ],
  [
    'a StatefulSet updated by hand (OnDelete) and one with a partition',
    {
      statefulsets: [
        workload({
          name: 'hand',
          spec: { updateStrategy: { type: 'OnDelete' }, replicas: 3 },
          desired: 3,
          status: { currentRevision: 'hand-1', updateRevision: 'hand-2', updatedReplicas: 0 },
        }),
        workload({
          name: 'part',
          spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }, replicas: 3 },
          desired: 3,
          status: { currentRevision: 'part-1', updateRevision: 'part-2', updatedReplicas: 1 },
        }),
      ],
    },
  ],
  [
    'events of troubles that are over',
    together(app('web'), {
      pods: [
        podOf(
          'web',
          'shop',
          0,
          { app: 'web' },
          {
            status: {
              ready: true,
              started: true,
              restartCount: 3,
              state: { running: { startedAt: ago(2 * hour) } },
              lastState: ended(137, 'OOMKilled', 2 * hour + second),
            },
          },
        ),
      ],
      events: [
        eventOn('Pod', 'shop', podName('web'), 'BackOff', 'Back-off restarting failed container app'),
        eventOn('Pod', 'shop', podName('web'), 'FailedScheduling', '0/3 nodes are available'),
        eventOn('Node', '', 'node-1', 'NodeNotReady', 'Node node-1 status is now: NodeNotReady', {
          type: 'Normal',
          count: 1,
          first: 40 * minute,
          since: 40 * minute,
        }),
        eventOn('Node', '', 'node-1', 'NodeReady', 'Node node-1 status is now: NodeReady', {
          type: 'Normal',
          count: 1,
          first: 38 * minute,
          since: 38 * minute,
        }),
      ],
    }),
  ],
  [
    'a kubelet that was restarted',
    {
      events: [
        'Starting',
        'NodeHasSufficientMemory',
        'NodeHasNoDiskPressure',
        'NodeAllocatableEnforced',
        'RegisteredNode',
      ].map((reason) => eventOn('Node', '', 'node-1', reason, reason, { type: 'Normal', count: 8 })),
    },
  ],
  [
    'evictions of days ago',
    {
      pods: [
        pod({
          name: 'web-6b7c8d9f4-old',
          phase: 'Failed',
          age: 4 * day,
          status: { ready: false, state: ended(137, 'Error', 3 * day) },
          podStatus: { reason: 'Evicted', message: 'The node was low on resource: memory.', startTime: ago(4 * day) },
        }),
      ],
      deployments: [workload()],
    },
  ],
  [
    'policies that deny by default and open what is needed',
    together(app('web'), {
      networkpolicies: [
        object('default-deny', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
        object('open', {
          spec: {
            podSelector: { matchLabels: { app: 'web' } },
            ingress: [{ from: [{ podSelector: {} }] }],
            egress: [{}],
            policyTypes: ['Ingress', 'Egress'],
          },
        }),
      ],
    }),
  ],
  [
    'webhooks that are kept with a URL, or may be ignored',
    {
      validatingwebhookconfigurations: [
        {
          metadata: { name: 'a' },
          webhooks: [
            { name: 'a', clientConfig: { url: 'https://example.com' } },
            { name: 'b', failurePolicy: 'Ignore', clientConfig: { service: { namespace: 'shop', name: 'gone' } } },
          ],
        },
      ],
    },
  ],
  [
    'Argo CD: progressing, out of sync without auto sync, suspended',
    {
      applications: [
        object('a', { status: { health: { status: 'Progressing' }, sync: { status: 'OutOfSync' } } }),
        object('b', {
          status: {
            health: { status: 'Suspended' },
            sync: { status: 'Synced' },
            operationState: { phase: 'Succeeded' },
          },
        }),
      ],
    },
  ],
  [
    'a Service whose port nobody declares, and whose callers are well',
    together(
      app('quiet', { service: { ports: [{ port: 80, targetPort: 9000 }] } }),
      app('caller', { env: { QUIET: 'http://quiet' } }),
    ),
  ],
  [
    'a workload scaled to zero that others name, and are well',
    together(app('off', { replicas: 0 }), app('caller', { env: { OFF_ADDR: 'off:80' } })),
  ],
])('%s', (_name, objects) => {
  expect(told({ objects })).toEqual([])
})
