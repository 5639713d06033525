import type { Finding } from '../../incident.ts'
import type { Condition, Container, ContainerStatus, KubernetesEvent, KubernetesObject, Pod } from '../../kubernetes.ts'
import { observedKinds, type ClusterSnapshot, type Coverage, type ObservedKind } from '../../observe.ts'
import { hour, minute, toInstant, toMillis } from '../../time.ts'
import { buildContext, defaultDetectOptions, type Rule } from '../context.ts'

/** Small objects for tests of rules: everything is healthy until a test says otherwise. */

/** The moment tests look at. */
export const now = toMillis('2026-11-21T12:00:00Z')!

/** The instant a span before `now`. */
export function ago(span: number): string {
  return toInstant(now - span)
}

export type Objects = Partial<Record<ObservedKind, readonly unknown[]>>

/** A snapshot of these objects in which every kind was read whole, but those given as gaps. */
export function snapshotOf(objects: Objects, gaps: Partial<Record<string, Coverage['status']>> = {}): ClusterSnapshot {
  const pods = (objects.pods ?? []) as Pod[]
  return {
    cluster: 'test',
    takenAt: toInstant(now),
    coverage: [...new Set(['api', ...observedKinds, ...Object.keys(gaps)])].map((source) => ({
      source,
      status: gaps[source] ?? 'ok',
      detail: '',
    })),
    objects: Object.fromEntries(
      observedKinds.map((kind) => [kind, objects[kind] ?? []]),
    ) as unknown as ClusterSnapshot['objects'],
    census: { total: pods.length, byNode: new Map(), unreadLike: new Map() },
  }
}

/** What one rule finds in some objects. */
export function run(rule: Rule, objects: Objects, gaps: Partial<Record<string, Coverage['status']>> = {}): Finding[] {
  return rule.detect(buildContext(snapshotOf(objects, gaps), defaultDetectOptions, now))
}

/** Code, severity and owner of each finding: `POD_CRASH_LOOP critical Deployment/shop/web`. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ rule, severity, owner }) => `${rule} ${severity} ${owner.kind}/${owner.namespace}/${owner.name}`,
  )
}

interface PodOptions {
  name?: string
  age?: number
  phase?: string
  node?: string
  labels?: Record<string, string>
  ownerReferences?: { kind: string; name: string; controller?: boolean }[]
  spec?: Partial<Pod['spec']>
  container?: Partial<Container>
  status?: Partial<ContainerStatus>
  init?: { spec?: Partial<Container>; status: Partial<ContainerStatus> }
  podStatus?: Partial<Pod['status']>
  metadata?: Partial<Pod['metadata']>
}

/** A ready pod of Deployment shop/web with one container `app`. */
export function pod(options: PodOptions = {}): Pod {
  const { name = 'web-5d8c7b9f6d-abcde', age = hour, phase = 'Running', node = 'node-1', init } = options
  const created = ago(age)
  const running: Partial<ContainerStatus> = {
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: created } },
  }
  const ready = options.status?.ready ?? options.status === undefined
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      creationTimestamp: created,
      labels: { app: 'web', 'pod-template-hash': '5d8c7b9f6d', ...options.labels },
      ownerReferences: options.ownerReferences ?? [{ kind: 'ReplicaSet', name: 'web-5d8c7b9f6d', controller: true }],
      ...options.metadata,
    },
    spec: {
      nodeName: node,
      containers: [{ name: 'app', image: 'registry.example.com/shop/web:1', ...options.container }],
      ...(init === undefined ? {} : { initContainers: [{ name: 'init', ...init.spec }] }),
      ...options.spec,
    },
    status: {
      phase,
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: created },
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: created },
      ],
      containerStatuses: [{ name: 'app', ...running, ...options.status }],
      ...(init === undefined ? {} : { initContainerStatuses: [{ name: 'init', ...init.status }] }),
      ...options.podStatus,
    },
  }
}

/** A container that waits, as the kubelet reports it. */
export function waiting(reason: string, message = ''): Partial<ContainerStatus> {
  return { ready: false, started: false, state: { waiting: { reason, message } } }
}

/** The last end of a container. */
export function ended(
  exitCode: number,
  reason: string,
  since = 2 * minute,
  ranFor = minute,
): { terminated: NonNullable<NonNullable<ContainerStatus['lastState']>['terminated']> } {
  return { terminated: { exitCode, reason, startedAt: ago(since + ranFor), finishedAt: ago(since) } }
}

interface WorkloadOptions {
  name?: string
  namespace?: string
  desired?: number
  ready?: number
  conditions?: Condition[]
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
  container?: Partial<Container>
  metadata?: Partial<KubernetesObject['metadata']>
}

/** Deployment shop/web (or a StatefulSet) with all replicas ready. */
export function workload(options: WorkloadOptions = {}): KubernetesObject {
  const { name = 'web', namespace = 'shop', desired = 2, ready = desired, conditions = [] } = options
  return {
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      generation: 1,
      creationTimestamp: ago(24 * hour),
      ...options.metadata,
    },
    spec: {
      replicas: desired,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', ...options.container }] } },
      ...options.spec,
    },
    status: {
      observedGeneration: 1,
      replicas: desired,
      readyReplicas: ready,
      updatedReplicas: desired,
      conditions,
      ...options.status,
    },
  }
}

export function node(
  name = 'node-1',
  ready: 'True' | 'False' | 'Unknown' = 'True',
  extra: {
    spec?: object
    conditions?: Condition[]
    labels?: Record<string, string>
    age?: number
    since?: number
  } = {},
): KubernetesObject {
  return {
    metadata: { name, creationTimestamp: ago(extra.age ?? 24 * hour), labels: extra.labels ?? {} },
    spec: { ...extra.spec },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready,
          reason: 'Test',
          message: '',
          lastTransitionTime: ago(extra.since ?? 10 * minute),
        },
        ...(extra.conditions ?? []),
      ],
    },
  }
}

/** An event about an object of namespace shop, seen `since` ago for the last time. */
export function event(
  kind: string,
  name: string,
  reason: string,
  message: string,
  since = minute,
  first = since,
): KubernetesEvent {
  return {
    metadata: { name: `${name}.${reason}`, namespace: 'shop' },
    type: 'Warning',
    reason,
    message,
    count: 3,
    firstTimestamp: ago(first),
    lastTimestamp: ago(since),
    involvedObject: { kind, namespace: kind === 'Node' ? '' : 'shop', name },
  }
}

/** Any object of namespace shop. */
export function object(
  name: string,
  parts: { spec?: object; status?: object; metadata?: object; [field: string]: unknown } = {},
): KubernetesObject {
  const { metadata, ...rest } = parts
  return {
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, creationTimestamp: ago(hour), ...metadata },
    ...(rest as object),
  }
}

export function service(
  name: string,
  selector: Record<string, string> | undefined,
  spec: object = {},
): KubernetesObject {
  return object(name, { spec: { selector, ports: [{ name: 'http', port: 80 }], ...spec } })
}

/** EndpointSlice of a Service with one endpoint for each given readiness. */
export function slice(of: string, ready: boolean[]): KubernetesObject {
  return object(`${of}-slice`, {
    metadata: { labels: { 'kubernetes.io/service-name': of } },
    endpoints: ready.map((up) => ({ conditions: { ready: up } })),
  })
}

/** A condition that became what it is `since` ago. */
export function condition(type: string, status: string, since: number, reason = 'Test', message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: ago(since) }
}

/** A custom resource of namespace shop, as the observer hands it over. */
export function custom(
  apiVersion: string,
  kind: string,
  name: string,
  parts: Parameters<typeof object>[1] = {},
): KubernetesObject {
  return object(name, { apiVersion, kind, ...parts })
}
