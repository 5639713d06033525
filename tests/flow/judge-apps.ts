import {
  ago,
  condition,
  ended,
  object,
  pod,
  waiting,
  workload,
  type Objects,
} from '../../shared/core/src/detect/rules/testing.ts'
import type {
  Container,
  ContainerStatus,
  KubernetesEvent,
  KubernetesObject,
  Pod,
} from '../../shared/core/src/kubernetes.ts'
import { hour, minute } from '../../shared/core/src/time.ts'

/** Workloads with all that belongs to them, and what their pods look like when they fail. */

export interface AppOptions {
  namespace?: string
  replicas?: number
  ready?: number
  /** How long replicas have been missing. */
  since?: number
  env?: Record<string, string>
  container?: Partial<Container>
  template?: object
  conditions?: ReturnType<typeof condition>[]
  /** What its unready pods look like; nothing for an app without pods. */
  broken?: Parameters<typeof pod>[0]
  port?: number
  metadata?: object
  labels?: Record<string, string>
  kind?: 'deployments' | 'statefulsets'
  service?: object | false
}

/** Name of the n-th pod of an app. */
export function podName(name: string, index = 0): string {
  return `${name}-6b7c8d9f4-pod${'abcdefghij'[index]}`
}

/** A Deployment with its unready pods, a Service in front of it and the endpoints behind that. */
export function app(name: string, options: AppOptions = {}): Objects {
  const { namespace = 'shop', replicas = 2, since = 20 * minute, port = 8080, broken } = options
  const ready = options.ready ?? (broken === undefined ? replicas : 0)
  const env = Object.entries(options.env ?? {}).map(([key, value]) => ({ name: key, value }))
  const container: Partial<Container> = { ports: [{ containerPort: port }], env, ...options.container }
  const labels = { app: name, ...options.labels }
  const unready = broken === undefined ? [] : Array.from({ length: replicas - ready }, (_, index) => index)
  const pods = unready.map((index) =>
    podOf(name, namespace, index, labels, { age: since, ...broken, container: { ...container, ...broken?.container } }),
  )
  const short = ready < replicas
  const of = workload({
    name,
    namespace,
    desired: replicas,
    ready,
    container,
    metadata: { labels, ...options.metadata },
    conditions: options.conditions ?? [
      condition('Available', short && ready === 0 ? 'False' : 'True', since, 'MinimumReplicasUnavailable'),
    ],
    spec: {
      replicas,
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', ...container }], ...options.template } },
    },
  })
  return {
    [options.kind ?? 'deployments']: [of],
    pods,
    services: options.service === false ? [] : [serviceOf(name, namespace, port, options.service)],
    endpointslices: options.service === false ? [] : [sliceOf(name, namespace, ready, replicas - ready)],
  }
}

export function podOf(
  name: string,
  namespace: string,
  index: number,
  labels: Record<string, string>,
  options: Parameters<typeof pod>[0] = {},
): Pod {
  const made = pod({
    name: podName(name, index),
    labels: { ...labels, 'pod-template-hash': '6b7c8d9f4' },
    ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-6b7c8d9f4`, controller: true }],
    ...options,
  })
  return { ...made, metadata: { ...made.metadata, namespace } }
}

export function serviceOf(name: string, namespace: string, port: number, spec: object = {}): KubernetesObject {
  return object(name, {
    metadata: { namespace },
    spec: {
      selector: { app: name },
      clusterIP: `10.96.0.${name.length}`,
      ports: [{ name: 'http', port: 80, targetPort: port }],
      ...spec,
    },
  })
}

export function sliceOf(name: string, namespace: string, ready: number, unready = 0): KubernetesObject {
  const endpoint = (up: boolean, index: number) => ({
    conditions: { ready: up },
    targetRef: { kind: 'Pod', namespace, name: podName(name, index) },
  })
  return object(`${name}-slice`, {
    metadata: { namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints: [
      ...Array.from({ length: unready }, (_, index) => endpoint(false, index)),
      ...Array.from({ length: ready }, (_, index) => endpoint(true, unready + index)),
    ],
  })
}

/** An event about an object of any namespace. */
export function eventOn(
  kind: string,
  namespace: string,
  name: string,
  reason: string,
  message: string,
  more: { since?: number; first?: number; count?: number; type?: string; uid?: string } = {},
): KubernetesEvent {
  const { since = minute, first = 20 * minute, count = 8, type = 'Warning', uid } = more
  return {
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: namespace === '' ? 'default' : namespace },
    type,
    reason,
    message,
    count,
    firstTimestamp: ago(first),
    lastTimestamp: ago(since),
    involvedObject: { kind, name, ...(namespace === '' ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) },
  }
}

/** A pod that ends soon after every start. */
export function crash(exitCode = 1): { status: Partial<ContainerStatus> } {
  const back = waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container')
  return { status: { ...back, restartCount: 8, lastState: ended(exitCode, 'Error') } }
}

/** A container that runs, for so long, and is not ready. */
export function running(since: number, more: Partial<ContainerStatus> = {}): Partial<ContainerStatus> {
  return { ready: false, started: true, restartCount: 0, state: { running: { startedAt: ago(since) } }, ...more }
}

/** A pod that has a node and no containers yet. */
export const starting = { phase: 'Pending', status: waiting('ContainerCreating') }

/** A pod whose image is not pulled. */
export function pulls(message: string): Parameters<typeof pod>[0] {
  const text = `Back-off pulling image "registry.example.com/x:1": ErrImagePull: ${message}`
  return { phase: 'Pending', status: waiting('ImagePullBackOff', text) }
}

/** A pod no node was found for. */
export function unscheduled(message: string, more: Parameters<typeof pod>[0] = {}): Parameters<typeof pod>[0] {
  const refused = condition('PodScheduled', 'False', 20 * minute, 'Unschedulable', message)
  return { phase: 'Pending', node: '', podStatus: { containerStatuses: [], conditions: [refused] }, ...more }
}

/** Conditions of a Deployment whose pods the API server refuses. */
export function refusedBy(message: string): ReturnType<typeof condition>[] {
  return [
    condition('Available', 'False', 20 * minute, 'MinimumReplicasUnavailable'),
    condition('ReplicaFailure', 'True', 20 * minute, 'FailedCreate', message),
  ]
}

/** Conditions of a Deployment whose rollout has not got on for ten minutes. */
export const stalled = [
  condition('Available', 'True', hour, 'MinimumReplicasAvailable'),
  condition('Progressing', 'False', 10 * minute, 'ProgressDeadlineExceeded', 'ReplicaSet has timed out progressing.'),
]

/** What the first pod of an app of namespace shop logged last. */
export function log(name: string, ...lines: string[]): Record<string, string[]> {
  return { [`shop/${podName(name)}`]: lines }
}

/** An autoscaler of a Deployment, on its share of requested CPU. */
export function autoscaler(name: string, target: string, ...conditions: object[]): KubernetesObject {
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }]
  const scaleTargetRef = { kind: 'Deployment', name: target }
  return object(name, { spec: { minReplicas: 1, maxReplicas: 5, scaleTargetRef, metrics }, status: { conditions } })
}
