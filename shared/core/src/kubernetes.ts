/** The parts of Kubernetes objects that the domain reads. Everything is optional: real objects miss fields, and rules must survive it. */
export interface OwnerReference {
  apiVersion?: string
  kind: string
  name: string
  uid?: string
  controller?: boolean
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  /** Who wrote which fields when; read only where a change has not been observed. */
  managedFields?: { manager?: string; time?: string; subresource?: string }[]
}

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
}

/** Any object; spec and status are read with the helpers below or narrowed by a rule that knows the kind. */
export interface KubernetesObject {
  apiVersion?: string
  kind?: string
  metadata: ObjectMeta
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
  [field: string]: unknown
}

export interface ContainerStateTerminated {
  exitCode?: number
  signal?: number
  reason?: string
  message?: string
  startedAt?: string
  finishedAt?: string
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: ContainerStateTerminated
}

export interface ContainerStatus {
  name: string
  image?: string
  ready?: boolean
  started?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
}

export interface Probe {
  httpGet?: { path?: string; port?: number | string }
  tcpSocket?: { port?: number | string }
  exec?: { command?: string[] }
  grpc?: { port?: number }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
}

export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  restartPolicy?: string
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: KeyRef; configMapKeyRef?: KeyRef } }[]
  envFrom?: { secretRef?: { name: string; optional?: boolean }; configMapRef?: { name: string; optional?: boolean } }[]
  ports?: { name?: string; containerPort: number; protocol?: string }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
}

export interface KeyRef {
  name: string
  key: string
  optional?: boolean
}

export interface Volume {
  name: string
  persistentVolumeClaim?: { claimName: string }
  secret?: { secretName: string; optional?: boolean }
  configMap?: { name: string; optional?: boolean }
  [source: string]: unknown
}

export interface PodSpec {
  nodeName?: string
  schedulerName?: string
  serviceAccountName?: string
  restartPolicy?: string
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  nodeSelector?: Record<string, string>
  affinity?: Record<string, unknown>
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string; tolerationSeconds?: number }[]
  schedulingGates?: { name: string }[]
  imagePullSecrets?: { name: string }[]
  hostAliases?: { ip?: string; hostnames?: string[] }[]
  hostNetwork?: boolean
  dnsPolicy?: string
  priority?: number
  priorityClassName?: string
  terminationGracePeriodSeconds?: number
}

export interface PodStatus {
  phase?: string
  reason?: string
  message?: string
  startTime?: string
  nominatedNodeName?: string
  qosClass?: string
  conditions?: Condition[]
  initContainerStatuses?: ContainerStatus[]
  containerStatuses?: ContainerStatus[]
}

export interface Pod {
  apiVersion?: string
  kind?: string
  metadata: ObjectMeta
  spec: PodSpec
  status: PodStatus
}

/** A core/v1 Event. Scheduler events carry no count and no firstTimestamp: use `eventTimes`. */
export interface KubernetesEvent extends KubernetesObject {
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { count?: number; lastObservedTime?: string }
  involvedObject: { kind?: string; namespace?: string; name?: string; uid?: string; fieldPath?: string }
  reportingComponent?: string
  source?: { component?: string; host?: string }
}

/** The conditions of any object. */
export function conditionsOf(object: { status?: unknown }): Condition[] {
  const list = (object.status as { conditions?: unknown } | undefined)?.conditions
  return Array.isArray(list) ? (list as Condition[]) : []
}

/** One condition by type. */
export function conditionOf(object: { status?: unknown }, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** First and last sighting and the number of an event, whatever form its source gave it. */
export function eventTimes(event: KubernetesEvent): {
  first: string | undefined
  last: string | undefined
  count: number
} {
  const first = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
  const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? first
  return { first: first ?? undefined, last: last ?? undefined, count: event.series?.count ?? event.count ?? 1 }
}

/** The controller among an object's owners, else its first owner. */
export function controllerOf(object: { metadata: ObjectMeta }): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences
  return owners?.find((owner) => owner.controller === true) ?? owners?.[0]
}
