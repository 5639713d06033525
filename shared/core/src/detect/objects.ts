import type { KubernetesObject, ObjectMeta, PodSpec } from '../kubernetes.ts'
import type { ClusterSnapshot, ObservedKind } from '../observe.ts'
import type { ObjectRef } from '../incident.ts'

/** Kinds by plural name: items of a list carry no kind of their own. */
export const kinds: Record<Exclude<ObservedKind, 'pods' | 'events' | 'customresources'>, string> = {
  nodes: 'Node',
  namespaces: 'Namespace',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet',
  jobs: 'Job',
  cronjobs: 'CronJob',
  services: 'Service',
  endpointslices: 'EndpointSlice',
  ingresses: 'Ingress',
  ingressclasses: 'IngressClass',
  networkpolicies: 'NetworkPolicy',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  roles: 'Role',
  clusterroles: 'ClusterRole',
  rolebindings: 'RoleBinding',
  clusterrolebindings: 'ClusterRoleBinding',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume',
  storageclasses: 'StorageClass',
  volumeattachments: 'VolumeAttachment',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  poddisruptionbudgets: 'PodDisruptionBudget',
  resourcequotas: 'ResourceQuota',
  validatingwebhookconfigurations: 'ValidatingWebhookConfiguration',
  mutatingwebhookconfigurations: 'MutatingWebhookConfiguration',
  apiservices: 'APIService',
  applications: 'Application',
}
export type IndexedKind = keyof typeof kinds

/** Kinds that own pods, whose templates say what pods look like even when no pod was read. */
export const workloadKinds = ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'cronjobs'] as const

/** Whether a kind is one of them; a custom resource that owns workloads is not. */
export function isWorkloadKind(kind: string): boolean {
  return workloadKinds.some((plural) => kinds[plural] === kind)
}

/** A workload with the parts of its spec and status that rules compare. */
export interface Workload {
  metadata: ObjectMeta
  spec?: {
    replicas?: number
    paused?: boolean
    suspend?: boolean
    selector?: { matchLabels?: Record<string, string> }
    template?: PodTemplate
    jobTemplate?: { spec?: { template?: PodTemplate } }
  }
  status?: {
    observedGeneration?: number
    readyReplicas?: number
    availableReplicas?: number
    updatedReplicas?: number
    desiredNumberScheduled?: number
    numberReady?: number
    numberUnavailable?: number
  }
}

interface PodTemplate {
  metadata?: { labels?: Record<string, string> }
  spec?: PodSpec
}

export interface NamedWorkload {
  ref: ObjectRef
  object: Workload
}

/** Reference to an object of a list. */
export function refOf(kind: IndexedKind, object: KubernetesObject): ObjectRef {
  return { kind: kinds[kind], namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

/** The workloads of a snapshot with the kinds their lists imply. */
export function workloadsOf(snapshot: Pick<ClusterSnapshot, 'objects'>): NamedWorkload[] {
  return workloadKinds.flatMap((kind) =>
    snapshot.objects[kind].map((object) => ({ ref: refOf(kind, object), object: object as Workload })),
  )
}

export function templateOf(object: Workload): PodTemplate | undefined {
  return object.spec?.template ?? object.spec?.jobTemplate?.spec?.template
}

export interface Readiness {
  ready: number | null
  desired: number | null
}

/** Ready and wanted replicas as a workload's status tells them; null for kinds that have none. */
export function readinessOf({ ref, object }: NamedWorkload): Readiness {
  if (ref.kind === 'DaemonSet') {
    return { ready: object.status?.numberReady ?? 0, desired: object.status?.desiredNumberScheduled ?? 0 }
  }
  if (ref.kind === 'Job' || ref.kind === 'CronJob') return { ready: null, desired: null }
  return { ready: object.status?.readyReplicas ?? 0, desired: object.spec?.replicas ?? 1 }
}

/** Whether labels satisfy a plain selector. An empty selector selects nothing here: nobody means "everything" by it. */
export function selectsLabels(
  selector: Record<string, string> | undefined,
  labels: Record<string, string> | undefined,
) {
  const wanted = Object.entries(selector ?? {})
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value)
}
