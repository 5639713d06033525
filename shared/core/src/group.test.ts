import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defaultDetectOptions, detect } from './detect/detect.ts'
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
} from './detect/rules/testing.ts'
import { group } from './group.ts'
import { Incident } from './incident.ts'
import { hour, minute } from './time.ts'

/** What a cluster of these objects comes to: rule, severity, root and members of each incident at warning or above. */
function incidentsOf(objects: Objects): Incident[] {
  const snapshot = snapshotOf(objects)
  return group(detect(snapshot, defaultDetectOptions, now), snapshot).filter(({ severity }) => severity !== 'info')
}
function brief(incidents: readonly Incident[]): string[] {
  return incidents.map(({ rule, severity, members }) => `${rule} ${severity} ${members.examples.join(' ')}`)
}

/** A pod of a Deployment by name. */
function podOf(name: string, options: Parameters<typeof pod>[0] = {}) {
  return pod({
    name: `${name}-5d8c7b9f6d-abcde`,
    ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-5d8c7b9f6d`, controller: true }],
    ...options,
  })
}
const crashed = { ...waiting('CrashLoopBackOff'), restartCount: 5, lastState: ended(1, 'Error') }
const down = (name: string, container = {}) => workload({ name, ready: 0, container })
const pulling = (failure: string) => ({ phase: 'Pending', status: waiting('ImagePullBackOff', failure) })

const needs = (name: string) =>
  podOf(name, { phase: 'Pending', status: waiting('CreateContainerConfigError', 'secret "db" not found') })
const notReady = (name: string, age: number) =>
  podOf(name, {
    age,
    status: { ready: false, started: true, restartCount: 0, state: { running: { startedAt: ago(age) } } },
  })
const zone = (name: string, ready: 'True' | 'Unknown') =>
  node(`${name}-${ready}`, ready, { labels: { 'topology.kubernetes.io/zone': ready === 'True' ? 'b' : 'a' } })
const stuck = (name: string, on: string) =>
  podOf(name, { age: 10 * minute, phase: 'Pending', node: on, status: waiting('ContainerCreating') })
const evicted = (resource: string) =>
  pod({
    ownerReferences: [],
    phase: 'Failed',
    status: { ready: false, state: ended(137, 'Error') },
    podStatus: { reason: 'Evicted', message: `The node was low on resource: ${resource}. ` },
  })

const unready = (reason: string) => ({ conditions: [condition('Ready', 'False', hour, reason)] })

describe('group', () => {
  it('files pods that miss a Secret under what should have made it, and that under what it takes it from', () => {
    const store = custom('external-secrets.io/v1', 'SecretStore', 'vault', { status: unready('InvalidProviderConfig') })
    const secret = custom('external-secrets.io/v1', 'ExternalSecret', 'db', {
      spec: { secretStoreRef: { name: 'vault' } },
      status: unready('SecretSyncedError'),
    })
    const base = { pods: [needs('web')], deployments: [down('web')] }
    expect(brief(incidentsOf({ ...base, customresources: [secret] }))).toEqual([
      'EXTERNAL_SECRET_NOT_SYNCED critical ExternalSecret/shop/db Deployment/shop/web',
    ])
    expect(brief(incidentsOf({ ...base, customresources: [secret, store] }))).toEqual([
      'SECRET_STORE_NOT_READY critical SecretStore/shop/vault Deployment/shop/web ExternalSecret/shop/db',
    ])
  })

  it('files pods that miss the Secret of a Certificate under it', () => {
    const certificate = custom('cert-manager.io/v1', 'Certificate', 'web', {
      spec: { secretName: 'db' },
      status: { conditions: [condition('Ready', 'False', hour, 'DoesNotExist')] },
    })
    const found = incidentsOf({ pods: [needs('web')], deployments: [down('web')], customresources: [certificate] })
    expect(brief(found)).toEqual(['CERTIFICATE_NOT_READY critical Certificate/shop/web Deployment/shop/web'])
  })

  it('files a custom resource under the fault of the pods its operator runs', () => {
    const metadata = { ownerReferences: [{ kind: 'Kafka', name: 'bus', controller: true }] }
    const kafka = custom('kafka.strimzi.io/v1', 'Kafka', 'bus', {
      status: { conditions: [condition('Ready', 'False', hour)] },
    })
    const found = incidentsOf({
      pods: [
        podOf('bus', { ownerReferences: [{ kind: 'StatefulSet', name: 'bus', controller: true }], status: crashed }),
      ],
      statefulsets: [workload({ name: 'bus', ready: 0, metadata })],
      customresources: [kafka],
    })
    expect(found.map(({ rule }) => rule)).toEqual(['POD_CRASH_LOOP'])
  })

  it('folds what sums up a workload into what is wrong with it', () => {
    const found = incidentsOf({
      pods: [podOf('web', { status: crashed })],
      deployments: [
        workload({
          ready: 0,
          conditions: [
            { type: 'Available', status: 'False', lastTransitionTime: ago(10 * minute) },
            { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
          ],
        }),
      ],
      services: [service('web', { app: 'web' })],
      endpointslices: [slice('web', [false])],
    })
    expect(brief(found)).toEqual(['POD_CRASH_LOOP critical Deployment/shop/web Service/shop/web'])
    expect(found[0]!.affected).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'web', ready: 0, desired: 2 }])
  })

  it('makes a missing Secret the root of all that need it, with a fingerprint of its own', () => {
    const one = incidentsOf({ pods: [needs('web')], deployments: [down('web')] })
    const two = incidentsOf({ pods: [needs('web'), needs('api')], deployments: [down('web'), down('api')] })
    expect(brief(two)).toEqual(['POD_CONFIG_ERROR critical Secret/shop/db Deployment/shop/api Deployment/shop/web'])
    expect(two[0]!.fingerprint).toBe(one[0]!.fingerprint)
  })

  it('follows dependencies to what began first', () => {
    const env = [{ name: 'DB_HOST', value: 'db' }]
    const objects = (apiAge: number, dbAge: number): Objects => ({
      pods: [
        podOf('api', { age: apiAge, status: crashed, container: { env } }),
        podOf('db', { age: dbAge, phase: 'Pending', status: waiting('CreateContainerError', 'x') }),
      ],
      deployments: [down('api', { env }), down('db')],
      services: [service('db', { app: 'db' })],
      endpointslices: [slice('db', [false])],
    })
    expect(brief(incidentsOf(objects(20 * minute, 30 * minute)))).toEqual([
      'POD_CREATE_ERROR critical Deployment/shop/db Deployment/shop/api Service/shop/db',
    ])
    expect(incidentsOf(objects(90 * minute, 30 * minute))).toHaveLength(2)
  })

  it('chooses no cause when two unrelated ones are as likely', () => {
    const env = [
      { name: 'DB_HOST', value: 'db' },
      { name: 'MQ_HOST', value: 'mq' },
    ]
    const broken = (name: string) =>
      podOf(name, { age: 30 * minute, phase: 'Pending', status: waiting('CreateContainerError', 'x') })
    const found = incidentsOf({
      pods: [podOf('api', { age: 20 * minute, status: crashed, container: { env } }), broken('db'), broken('mq')],
      deployments: [down('api'), down('db'), down('mq')],
      services: [service('db', { app: 'db' }), service('mq', { app: 'mq' })],
    })
    expect(found.map(({ root }) => root.name).sort()).toEqual(['api', 'db', 'mq'])
  })

  it('sees a registry outage in several owners, but not in one, nor in refusals', () => {
    const timeout = 'dial tcp 10.0.0.1:443: i/o timeout'
    const owners = ['web', 'api'].map((name) => podOf(name, pulling(timeout)))
    expect(brief(incidentsOf({ pods: owners, deployments: [down('web'), down('api')] }))).toEqual([
      'REGISTRY_UNAVAILABLE critical Registry//registry.example.com Deployment/shop/api Deployment/shop/web',
    ])
    expect(incidentsOf({ pods: [owners[0]!], deployments: [down('web')] })[0]!.rule).toBe('POD_IMAGE_PULL')
    const denied = ['web', 'api'].map((name) => podOf(name, pulling('401 Unauthorized')))
    expect(incidentsOf({ pods: denied, deployments: [down('web'), down('api')] })).toHaveLength(2)
  })

  it('gives a dead node what began with it, and keeps what was broken before', () => {
    const nodes = [node('node-1', 'Unknown', { since: 10 * minute }), node('node-2')]
    const found = incidentsOf({
      nodes,
      pods: [notReady('web', 9 * minute), notReady('old', 60 * minute)],
      deployments: [workload({ ready: 1 }), workload({ name: 'old', ready: 1 })],
    })
    expect(brief(found)).toEqual([
      'NODE_NOT_READY critical Node//node-1 Deployment/shop/web',
      'POD_NOT_READY warning Deployment/shop/old',
    ])
  })

  it('sees a zone go down', () => {
    const found = incidentsOf({ nodes: [zone('n1', 'Unknown'), zone('n2', 'Unknown'), zone('n3', 'True')] })
    expect(brief(found)).toEqual(['ZONE_DOWN critical Zone//a Node//n1-Unknown Node//n2-Unknown'])
  })

  it('sees a node that starts no pods of several owners', () => {
    const events = ['web', 'api'].map((name) =>
      event('Pod', `${name}-5d8c7b9f6d-abcde`, 'FailedCreatePodSandBox', 'plugin type="calico" failed'),
    )
    const deployments = [down('web'), down('api')]
    expect(
      brief(
        incidentsOf({ nodes: [node()], pods: [stuck('web', 'node-1'), stuck('api', 'node-1')], events, deployments }),
      ),
    ).toEqual(['NODE_STARTS_NO_PODS critical Node//node-1 Deployment/shop/api Deployment/shop/web'])
    expect(
      incidentsOf({ nodes: [node()], pods: [stuck('web', 'node-1'), stuck('api', 'node-2')], events, deployments }),
    ).toHaveLength(2)
  })

  it('gives evictions to the node under that pressure', () => {
    const nodes = [
      node('node-1', 'True', {
        conditions: [{ type: 'MemoryPressure', status: 'True', lastTransitionTime: ago(20 * minute) }],
      }),
    ]
    expect(incidentsOf({ nodes, pods: [evicted('memory')] })).toHaveLength(1)
    expect(incidentsOf({ nodes, pods: [evicted('ephemeral-storage')] })).toHaveLength(2)
  })

  it('blames a failing metrics API for autoscalers that cannot scale', () => {
    const conditions = [
      {
        type: 'ScalingActive',
        status: 'False',
        reason: 'FailedGetResourceMetric',
        lastTransitionTime: ago(20 * minute),
      },
    ]
    const found = incidentsOf({
      horizontalpodautoscalers: [
        object('web', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } }, status: { conditions } }),
      ],
      apiservices: [
        {
          metadata: { name: 'v1beta1.metrics.k8s.io' },
          status: { conditions: [{ type: 'Available', status: 'False', lastTransitionTime: ago(30 * minute) }] },
        },
      ],
      deployments: [workload()],
    })
    expect(brief(found)).toEqual([
      'APISERVICE_UNAVAILABLE warning APIService//v1beta1.metrics.k8s.io HorizontalPodAutoscaler/shop/web',
    ])
  })

  it('breaks the circle of a webhook that refuses its own pods', () => {
    const message = 'failed calling webhook "pods": no endpoints available for service "policy"'
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago(10 * minute) },
    ]
    const found = incidentsOf({
      deployments: [
        workload({ name: 'policy', ready: 0, conditions }),
        workload({ name: 'web', ready: 1, conditions }),
      ],
      services: [service('policy', { app: 'policy' })],
      endpointslices: [slice('policy', [])],
      validatingwebhookconfigurations: [
        {
          metadata: { name: 'guard' },
          webhooks: [{ name: 'pods', clientConfig: { service: { namespace: 'shop', name: 'policy' } } }],
        },
      ],
    })
    expect(brief(found)).toEqual([
      'WEBHOOK_UNAVAILABLE critical ValidatingWebhookConfiguration//guard Deployment/shop/policy Deployment/shop/web Service/shop/policy',
    ])
  })

  it('blames the cluster DNS for what fails after it, when nothing closer is to blame', () => {
    const dns = { name: 'coredns', namespace: 'kube-system', ready: 0, conditions: [] }
    const dnsPod = podOf('coredns', { age: 30 * minute, status: crashed })
    dnsPod.metadata.namespace = 'kube-system'
    const kubeDns = {
      ...service('kube-dns', { app: 'coredns' }),
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
    }
    const found = incidentsOf({
      pods: [dnsPod, podOf('web', { age: 20 * minute, status: crashed })],
      deployments: [workload(dns), down('web')],
      services: [kubeDns],
    })
    expect(brief(found)[0]).toContain('POD_CRASH_LOOP critical Deployment/kube-system/coredns Deployment/shop/web')
  })

  it('keeps within the bounds of an incident, whatever the cluster says', () => {
    const names = Array.from({ length: 60 }, (_, index) => `app-${index}-${'x'.repeat(200)}`)
    const pods = names.map((name) =>
      podOf(name, { phase: 'Pending', status: waiting('ErrImagePull', `dial tcp\u0000 ${'y'.repeat(9000)}`) }),
    )
    const found = incidentsOf({ pods, deployments: names.map((name) => down(name)) })
    expect(found).toHaveLength(1)
    expect(found[0]!.members).toMatchObject({ count: 61 })
    expect(z.array(Incident).safeParse(found).success).toBe(true)
  })

  it('is the same in whatever order objects come', () => {
    const objects: Objects = {
      nodes: [node('node-1', 'Unknown'), node('node-2')],
      pods: [
        podOf('web', { status: crashed }),
        podOf('api', pulling('i/o timeout')),
        podOf('job', pulling('i/o timeout')),
      ],
      deployments: [down('web'), down('api'), down('job')],
    }
    const turned = Object.fromEntries(Object.entries(objects).map(([kind, list]) => [kind, list.toReversed()]))
    expect(incidentsOf(turned)).toEqual(incidentsOf(objects))
  })
})
