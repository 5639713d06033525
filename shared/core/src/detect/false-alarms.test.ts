import { describe, expect, it } from 'vitest'
import type { Finding } from '../incident.ts'
import { day, hour, minute, second } from '../time.ts'
import { defaultDetectOptions, detect } from './detect.ts'
import {
  ago,
  condition,
  custom,
  ended,
  event,
  node,
  now,
  object,
  pod,
  service,
  slice,
  snapshotOf,
  waiting,
  workload,
  type Objects,
} from './rules/testing.ts'

/**
 * What only looks like failure, and who was bitten by it. Each row is a healthy cluster with one such thing in it, and every rule
 * looks at it: nothing at warning or above may come of it.
 */
function accused(objects: Objects, gaps = {}): string[] {
  const all = detect(snapshotOf({ ...around, ...objects }, gaps), defaultDetectOptions, now)
  return all.filter(({ severity }) => severity !== 'info').map(told)
}

const told = ({ rule, severity, title }: Finding) => `${severity} ${rule} ${title}`
const clusterScoped = { namespace: undefined }
/** A healthy cluster around each row. */
const around: Objects = {
  nodes: [node('node-1'), node('node-2')],
  namespaces: [object('shop', { metadata: clusterScoped }), object('kube-system', { metadata: clusterScoped })],
  deployments: [workload()],
  services: [service('web', { app: 'web' })],
  endpointslices: [slice('web', [true, true])],
}

const ofJob = [{ kind: 'Job', name: 'import', controller: true }]
const succeeded = (exit: object, ownerReferences: object[] = ofJob) =>
  pod({ phase: 'Succeeded', ownerReferences: ownerReferences as never, status: { ready: false, state: exit } })
const failedTry = pod({
  phase: 'Failed',
  ownerReferences: ofJob,
  status: { ready: false, state: ended(1, 'Error', 20 * minute) },
})
const job = (...conditions: object[]) => object('import', { spec: {}, status: { failed: 2, conditions } })
const hpa = (minReplicas: number | undefined, one: object, desired = 1) =>
  object('web', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas, maxReplicas: 5 },
    status: { currentReplicas: desired, desiredReplicas: desired, conditions: [one] },
  })
const late = { metadata: { name: 'late' }, provisioner: 'csi.example', volumeBindingMode: 'WaitForFirstConsumer' }
const local = { metadata: { name: 'local' }, provisioner: 'kubernetes.io/no-provisioner' }
const claim = (storageClassName: string, phase: string, accessModes = ['ReadWriteOnce']) =>
  object('data', { spec: { storageClassName, accessModes, volumeName: 'pv-1' }, status: { phase } })
const daemons = (desired: number, unavailable: number) =>
  object('agent', {
    metadata: { generation: 1 },
    spec: { template: { spec: { containers: [{ name: 'app' }] } } },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: desired,
      numberReady: desired - unavailable,
      numberUnavailable: unavailable,
    },
  })
const starting = (age: number, startupProbe: object) =>
  pod({
    age,
    container: { startupProbe },
    status: { ready: false, started: false, restartCount: 0, state: { running: { startedAt: ago(age) } } },
  })
const oldCrash = { ready: true, started: true, restartCount: 7, lastState: ended(1, 'Error', 3 * day) }
const about = (reason: string, message: string, kind = 'Pod', name = 'web-5d8c7b9f6d-abcde') =>
  event(kind, name, reason, message, 5 * minute, hour)
const budget = object('web', {
  spec: { selector: { matchLabels: { app: 'web' } } },
  status: { expectedPods: 2, disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 },
})
const daily = (spec: object, status: object = {}) =>
  object('nightly', { spec: { schedule: '0 3 * * *', jobTemplate: { spec: {} }, ...spec }, status })

describe('a healthy cluster', () => {
  it('gives nothing at warning or above', () => {
    expect(accused({})).toEqual([])
  })

  it.each<[thing: string, bitten: string, objects: Objects]>([
    [
      'completed pods of a Job, 0/1 Completed, not ready',
      'kubernetes-mixin #250',
      { pods: [succeeded(ended(0, 'Completed'))] },
    ],
    ['a completed pod of nobody', 'kite #136', { pods: [succeeded(ended(0, 'Completed'), [])] }],
    ['a succeeded pod whose sidecar exited 255', 'k8sgpt #1581', { pods: [succeeded(ended(255, 'Error'))] }],
    ['a succeeded pod whose sidecar exited 143', 'k8sgpt #1639', { pods: [succeeded(ended(143, 'Error'))] }],
    [
      'failed tries of a Job that then completed',
      'popeye #97',
      { pods: [failedTry], jobs: [job(condition('Complete', 'True', minute))] },
    ],
    [
      'failed tries of a Job that met its success criteria',
      'k8sgpt JobAnalyzer',
      { pods: [failedTry], jobs: [job(condition('SuccessCriteriaMet', 'True', minute))] },
    ],
    ['failed tries of a Job that goes on', 'popeye #97', { pods: [failedTry], jobs: [job()] }],
    [
      'custom node conditions that are False',
      'k8sgpt-operator #768',
      {
        nodes: [
          node('node-1', 'True', {
            conditions: ['KernelDeadlock', 'ReadonlyFilesystem', 'FrequentKubeletRestart', 'NetworkUnavailable'].map(
              (type) => condition(type, 'False', hour),
            ),
          }),
        ],
      },
    ],
    [
      'a custom node condition that means well when True',
      'k8sgpt, EtcdIsVoter',
      { nodes: [node('node-1', 'True', { conditions: [condition('EtcdIsVoter', 'True', hour)] })] },
    ],
    [
      'an autoscaler at its minimum',
      'k8sgpt #1667, kubernetes #49256',
      { horizontalpodautoscalers: [hpa(1, condition('ScalingLimited', 'True', hour, 'TooFewReplicas'))] },
    ],
    [
      'an autoscaler at its minimum where none is set',
      'k8sgpt #1716',
      { horizontalpodautoscalers: [hpa(undefined, condition('ScalingLimited', 'True', hour, 'TooFewReplicas'))] },
    ],
    [
      'an autoscaler switched off by scaling to zero',
      'Argo CD health',
      { horizontalpodautoscalers: [hpa(1, condition('ScalingActive', 'False', hour, 'ScalingDisabled'), 0)] },
    ],
    [
      'a claim that waits for its first consumer',
      'argo-cd #29201',
      { persistentvolumeclaims: [claim('late', 'Pending')], storageclasses: [late] },
    ],
    [
      'a pod that is ready: its Ready condition is one of several',
      'kubernetes-mixin #1242',
      {
        pods: [
          pod({
            podStatus: {
              conditions: ['PodScheduled', 'Ready', 'ContainersReady'].map((type) => condition(type, 'True', hour)),
            },
          }),
        ],
      },
    ],
    [
      'daemons missing on a node that is being taken away',
      'helm-charts #1927, Robusta',
      {
        nodes: [
          node('node-1'),
          node('node-2', 'Unknown', {
            spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] },
          }),
        ],
        daemonsets: [daemons(2, 1)],
      },
    ],
    ['daemons that a rollout takes down one by one', 'kubernetes-mixin #625', { daemonsets: [daemons(2, 1)] }],
    ['daemons that belong on no node', 'kubernetes #67636', { daemonsets: [daemons(0, 0)] }],
    [
      'a rollout in its first minute',
      'Robusta fire_delay',
      { pods: [pod({ age: 30 * second, phase: 'Pending', status: waiting('ContainerCreating') })] },
    ],
    [
      'an image pull that fails in the first minute',
      'Robusta fire_delay',
      { pods: [pod({ age: 30 * second, phase: 'Pending', status: waiting('ErrImagePull', 'unauthorized') })] },
    ],
    [
      'a big image that is pulled for minutes',
      'Robusta',
      { pods: [pod({ age: 6 * minute, phase: 'Pending', status: waiting('ContainerCreating') })] },
    ],
    [
      'a slow starter within its startup budget',
      'k8s-monitor services.txt',
      { pods: [starting(6 * minute, { periodSeconds: 10, failureThreshold: 60 })] },
    ],
    ['old restarts of a pod that is well', 'k8s-monitor f2b68db', { pods: [pod({ status: oldCrash })] }],
    [
      'Warning events of a pod that recovered',
      'k8s-monitor 2616f11',
      {
        pods: [pod()],
        events: [
          about('BackOff', 'Back-off restarting failed container'),
          about('Unhealthy', 'Readiness probe failed: 503'),
          about('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "x" not found'),
          about('FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.'),
        ],
      },
    ],
    [
      'a missing pull secret of an image that is there',
      'k8s-monitor 90779bf',
      {
        pods: [pod({ spec: { imagePullSecrets: [{ name: 'regcred' }] } })],
        events: [about('FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets (regcred)')],
        secrets: [object('db')],
      },
    ],
    [
      'refusals of a ReplicaSet whose Deployment is whole again',
      'k8s-monitor',
      { events: [about('FailedCreate', 'exceeded quota: q', 'ReplicaSet', 'web-5d8c7b9f6d')] },
    ],
    [
      'a workload scaled to zero, with a Service and an old ReplicaSet',
      'k8sgpt',
      {
        deployments: [workload({ desired: 0, ready: 0, conditions: [condition('Available', 'True', hour)] })],
        replicasets: [workload({ name: 'web-5d8c7b9f6d', desired: 0, ready: 0 })],
        endpointslices: [slice('web', [])],
      },
    ],
    ['a CronJob that is suspended', 'k8sgpt', { cronjobs: [daily({ suspend: true })] }],
    [
      'a Job that is suspended',
      'Argo CD',
      {
        jobs: [
          object('import', { spec: { suspend: true }, status: { conditions: [condition('Suspended', 'True', hour)] } }),
        ],
      },
    ],
    [
      'a Flux object that is suspended',
      'Flux',
      {
        customresources: [
          custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
            spec: { suspend: true },
            status: { conditions: [condition('Ready', 'False', hour, 'ReconciliationFailed')] },
          }),
        ],
      },
    ],
    [
      'a Deployment that is paused',
      'Argo CD, Suspended',
      {
        deployments: [
          workload({
            spec: { paused: true, replicas: 2 },
            conditions: [condition('Progressing', 'Unknown', hour, 'DeploymentPaused')],
          }),
        ],
      },
    ],
    ['a node that is cordoned', 'popeye 711', { nodes: [node('node-1', 'True', { spec: { unschedulable: true } })] }],
    [
      'a pod behind a scheduling gate',
      'kubernetes-mixin, Kueue',
      {
        pods: [
          pod({
            phase: 'Pending',
            node: '',
            ownerReferences: [],
            spec: { schedulingGates: [{ name: 'kueue' }] },
            podStatus: {
              containerStatuses: [],
              conditions: [condition('PodScheduled', 'False', hour, 'SchedulingGated')],
            },
          }),
        ],
      },
    ],
    [
      'a StatefulSet without a governing Service',
      'k8sgpt #647',
      { statefulsets: [workload({ name: 'hive', spec: { serviceName: '', replicas: 2 } })] },
    ],
    [
      'an Ingress without a class where one is the default',
      'k8sgpt',
      {
        ingresses: [object('web', { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } })],
        ingressclasses: [
          object('nginx', {
            metadata: { ...clusterScoped, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
          }),
        ],
      },
    ],
    [
      'an Ingress of class gce',
      'k8sgpt',
      {
        ingresses: [object('web', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'gce' } }, spec: {} })],
        ingressclasses: [object('nginx', { metadata: clusterScoped })],
      },
    ],
    ['a Service without a selector', 'k8sgpt, leader election', { services: [service('lock', undefined)] }],
    [
      'a Service that leads out of the cluster',
      'k8sgpt',
      { services: [service('db', undefined, { type: 'ExternalName', externalName: 'db.example.com' })] },
    ],
    [
      'policies that allow or deny everything',
      'k8sgpt NetworkPolicyAnalyzer',
      {
        networkpolicies: [
          object('deny-all', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
          object('allow-all', { spec: { podSelector: {}, ingress: [{}], egress: [{}] } }),
        ],
      },
    ],
    [
      'a ConfigMap nobody uses',
      'k8sgpt ConfigMapAnalyzer',
      { configmaps: [object('kube-root-ca.crt'), object('unused')] },
    ],
    [
      'a container without a security context, on one replica',
      'popeye 300',
      { deployments: [workload({ desired: 1 })] },
    ],
    [
      'a small volume',
      'k8sgpt StorageAnalyzer',
      {
        persistentvolumes: [
          object('pv-1', {
            metadata: clusterScoped,
            spec: { capacity: { storage: '1Mi' } },
            status: { phase: 'Bound' },
          }),
        ],
      },
    ],
    ['a class of local volumes without a provisioner', 'k8sgpt StorageAnalyzer', { storageclasses: [local] }],
    ['a disruption budget at full health', 'Radar', { poddisruptionbudgets: [budget] }],
    [
      'a ReadWriteOnce claim of a Deployment with several replicas',
      'k8s-cluster-agent',
      {
        persistentvolumeclaims: [claim('fast', 'Bound')],
        deployments: [
          workload({
            spec: {
              replicas: 2,
              template: {
                metadata: { labels: { app: 'web' } },
                spec: {
                  containers: [{ name: 'app' }],
                  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
                },
              },
            },
          }),
        ],
      },
    ],
  ])('with %s (%s)', (_thing, _bitten, objects) => {
    expect(accused(objects)).toEqual([])
  })
})

describe('what could not be looked at', () => {
  const everything: Objects = {
    ingresses: [
      object('web', {
        spec: {
          ingressClassName: 'nginx',
          tls: [{ secretName: 'web-tls' }],
          defaultBackend: { service: { name: 'ghost', port: { number: 80 } } },
        },
      }),
    ],
    horizontalpodautoscalers: [hpa(1, condition('AbleToScale', 'True', hour))],
    statefulsets: [workload({ name: 'db', spec: { serviceName: 'ghost', replicas: 2 } })],
    persistentvolumeclaims: [claim('gone', 'Bound')],
    rolebindings: [
      object('grant', {
        roleRef: { kind: 'Role', name: 'gone' },
        subjects: [{ kind: 'ServiceAccount', name: 'operator' }],
      }),
    ],
    deployments: [],
    services: [],
    endpointslices: [],
  }
  const kinds = [
    'services',
    'deployments',
    'ingressclasses',
    'secrets',
    'configmaps',
    'serviceaccounts',
    'roles',
    'clusterroles',
    'storageclasses',
  ]

  it.each(['forbidden', 'timeout', 'error', 'partial', 'absent'] as const)('is never missing: %s (Radar)', (status) => {
    expect(accused(everything, Object.fromEntries(kinds.map((kind) => [kind, status])))).toEqual([])
  })

  it('is a managed control plane: its parts are not there to be seen (Robusta)', () => {
    expect(accused({ pods: [], namespaces: [object('kube-system', { metadata: clusterScoped })] })).toEqual([])
  })
})

describe('measurements', () => {
  it('of a tiny container at its CPU limit accuse nobody (kubernetes-mixin #108)', () => {
    const tiny = { resources: { requests: { cpu: '10m' }, limits: { cpu: '50m' } } }
    const usage = { cpu: 0.05, memory: 1 }
    const pods = [{ namespace: 'shop', name: 'web-1', labels: { app: 'web' }, containers: new Map([['app', usage]]) }]
    const snapshot = snapshotOf({ ...around, deployments: [workload({ container: tiny })] })
    const all = detect({ ...snapshot, metrics: { nodes: new Map(), pods } }, defaultDetectOptions, now)
    expect(all.filter(({ severity }) => severity !== 'info').map(told)).toEqual([])
  })
})
