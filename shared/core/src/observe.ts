import { z } from 'zod'
import type { KubernetesObject, Pod } from './kubernetes.ts'
import type { ClusterMetrics } from './metrics.ts'

/**
 * What looking at one source gave. Anything but `ok` and `absent` means that the source could hide a problem.
 * `absent`: the cluster does not offer it (no metrics API, no Argo CD), which is an answer.
 */
export const Coverage = z.strictObject({
  source: z.string().describe('What was read, such as pods, nodes, events, metrics'),
  status: z.enum(['ok', 'partial', 'forbidden', 'timeout', 'error', 'absent']),
  detail: z.string().describe('How many were read, or why not; empty when there is nothing to say'),
})
export type Coverage = z.output<typeof Coverage>

/**
 * The kinds detection reads, by plural name. `customresources` holds objects of several well-known types, each with its kind and
 * apiVersion, for what their conditions say; the coverage of each type stands under `plural.group`. Every list may be
 * empty because there are none, or because coverage says why.
 */
export const observedKinds = [
  'nodes',
  'pods',
  'events',
  'namespaces',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'jobs',
  'cronjobs',
  'services',
  'endpointslices',
  'ingresses',
  'ingressclasses',
  'networkpolicies',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'roles',
  'clusterroles',
  'rolebindings',
  'clusterrolebindings',
  'persistentvolumeclaims',
  'persistentvolumes',
  'storageclasses',
  'volumeattachments',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'resourcequotas',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'apiservices',
  'applications',
  'customresources',
] as const
export type ObservedKind = (typeof observedKinds)[number]

/**
 * Kinds of which only the metadata is read: that they exist is all detection asks. What a Secret holds never enters a snapshot.
 * The one exception is the ConfigMap of the cluster's DNS, whose text tells what names it answers.
 */
export const namedKinds = ['configmaps', 'secrets', 'serviceaccounts', 'roles', 'clusterroles'] as const
export type NamedKind = (typeof namedKinds)[number]

/** What is known of a pod that was screened and found without suspicion, or counted beyond what is read whole. */
export interface PodCensus {
  total: number
  /** Pods per node, healthy ones included; pods without a node under the empty name. */
  byNode: ReadonlyMap<string, number>
  /** By `namespace/name` of a pod that was read whole: how many more looked just like it on the screen and were not read. */
  unreadLike: ReadonlyMap<string, number>
}

/**
 * One look at a cluster. `objects` holds each kind's objects; `objects.pods` holds only suspects (not ready, not running, restarted
 * lately, terminating): healthy pods are counted in the census and never read whole, so that cost does not grow with what is healthy.
 * A rule must therefore never conclude from a pod's absence.
 */
export interface ClusterSnapshot {
  cluster: string
  takenAt: string
  /** Narrowed to one namespace, when asked so. */
  namespace?: string
  coverage: readonly Coverage[]
  objects: { readonly [K in Exclude<ObservedKind, 'pods'>]: readonly KubernetesObject[] } & {
    readonly pods: readonly Pod[]
  }
  census: PodCensus
  /** Version of the API server as `/version` words it, such as v1.36.3+k3s1; absent when it was not read. */
  serverVersion?: string
  /** What is in use, where a metrics API tells; coverage `metrics` says how much of it was read. */
  metrics?: ClusterMetrics
}

/** Whether a source was read whole; rules that conclude from absence ask this first. */
export function covered(snapshot: Pick<ClusterSnapshot, 'coverage'>, source: string): boolean {
  return snapshot.coverage.some((entry) => entry.source === source && entry.status === 'ok')
}
