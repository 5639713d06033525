import { namedKinds, type Coverage, type ObservedKind } from '@kubevigil/core/observe'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import type { Discovery, ResourceType } from '../kube/discovery.ts'
import { coverageOf } from './coverage.ts'
import { preparedGroups, readCustomResources } from './custom-resources.ts'
import { withDnsConfig } from './dns-config.ts'
import { readOtherTypes } from './other-types.ts'
import { readNames } from './read-names.ts'

/** Where the kinds live, so that a namesake of another group is never read for them. Pods are screened elsewhere. */
const groups: Record<Exclude<ObservedKind, 'pods' | 'customresources'>, string> = {
  nodes: '',
  events: '',
  namespaces: '',
  services: '',
  persistentvolumeclaims: '',
  persistentvolumes: '',
  resourcequotas: '',
  deployments: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
  replicasets: 'apps',
  jobs: 'batch',
  cronjobs: 'batch',
  endpointslices: 'discovery.k8s.io',
  ingresses: 'networking.k8s.io',
  ingressclasses: 'networking.k8s.io',
  networkpolicies: 'networking.k8s.io',
  configmaps: '',
  secrets: '',
  serviceaccounts: '',
  roles: 'rbac.authorization.k8s.io',
  clusterroles: 'rbac.authorization.k8s.io',
  rolebindings: 'rbac.authorization.k8s.io',
  clusterrolebindings: 'rbac.authorization.k8s.io',
  storageclasses: 'storage.k8s.io',
  volumeattachments: 'storage.k8s.io',
  horizontalpodautoscalers: 'autoscaling',
  poddisruptionbudgets: 'policy',
  validatingwebhookconfigurations: 'admissionregistration.k8s.io',
  mutatingwebhookconfigurations: 'admissionregistration.k8s.io',
  apiservices: 'apiregistration.k8s.io',
  applications: 'argoproj.io',
}

/** Kinds whose absence from a cluster is an answer, not a gap. */
const optional = new Set<ObservedKind>([
  'applications',
  'volumeattachments',
  'apiservices',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
  'endpointslices',
  'ingressclasses',
  'networkpolicies',
])

/** Kinds that are rightly kept from a watcher: that they may not be listed is no gap, and nothing is concluded about them. */
const withheld = new Set<ObservedKind>(['secrets'])

/** Kinds of which only names are read. */
const named = new Set<ObservedKind>(namedKinds)

/**
 * Events that explain trouble; the many Normal ones would cost more than all the rest. That a node is lost is told by Normal ones
 * (kube-controller-manager, NodeNotReady), of which a node has few.
 */
const fieldSelectors: Partial<Record<ObservedKind, readonly string[]>> = {
  events: ['type=Warning', 'type!=Warning,involvedObject.kind=Node'],
}

/** Old ReplicaSets by the thousand say nothing about health: owners are told by names and labels. */
const unread = new Set<ObservedKind>(['replicasets'])

/** Kinds whose controller says which change it has seen. */
const controlled = new Set<ObservedKind>(['deployments', 'statefulsets', 'daemonsets'])

/** Reads every kind that detection uses, but the pods, each with its coverage. A failed kind is a gap, never an end. */
export async function readKinds(
  client: KubeClient,
  discovery: Discovery,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ objects: Record<Exclude<ObservedKind, 'pods'>, KubernetesObject[]>; coverage: Coverage[] }> {
  const kinds = Object.keys(groups) as (keyof typeof groups)[]
  const custom = Promise.all([
    readCustomResources(client, discovery, namespace, signal),
    readOtherTypes(client, discovery, preparedGroups, namespace, signal),
  ])
  const read = await Promise.all(
    kinds.map(async (kind) => {
      const type = discovery.types.find((candidate) => candidate.plural === kind && candidate.group === groups[kind])
      if (unread.has(kind)) return { kind, items: [], coverage: undefined }
      if (type === undefined) {
        const detail = optional.has(kind) ? 'the cluster does not offer it' : 'the cluster lists no such kind'
        return { kind, items: [], coverage: { source: kind, status: 'absent' as const, detail } }
      }
      return { kind, ...(await readKind(client, type, kind, namespace, signal)) }
    }),
  )
  const chosen = await custom
  return {
    objects: {
      ...(Object.fromEntries(read.map(({ kind, items }) => [kind, items])) as Record<
        keyof typeof groups,
        KubernetesObject[]
      >),
      customresources: chosen.flatMap(({ items }) => items),
    },
    coverage: [
      ...read.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage])),
      ...chosen.flatMap((one) => one.coverage),
    ],
  }
}

async function readKind(
  client: KubeClient,
  type: ResourceType,
  kind: ObservedKind,
  namespace: string | undefined,
  signal: AbortSignal,
) {
  const items: KubernetesObject[] = []
  try {
    const scope = type.namespaced ? namespace : undefined
    for (const fieldSelector of fieldSelectors[kind] ?? [undefined]) {
      const all = named.has(kind)
        ? readNames(client, type, scope, signal)
        : client.list(type, { namespace: scope, fieldSelector, signal })
      for await (const item of all) {
        // The bulk of many objects, and only of a change nobody has taken up does a rule ask when it was made.
        if (!controlled.has(kind) || isObserved(item)) delete item.metadata.managedFields
        items.push(item)
      }
    }
    return {
      items: kind === 'configmaps' ? await withDnsConfig(client, type, items, signal) : items,
      coverage: coverageOf(kind, items.length),
    }
  } catch (error) {
    signal.throwIfAborted()
    const coverage = coverageOf(kind, items.length, error)
    return { items, coverage: withheld.has(kind) && coverage.status === 'forbidden' ? undefined : coverage }
  }
}

/** Whether its controller has seen what is asked for. */
function isObserved({ metadata, status }: KubernetesObject): boolean {
  return Number(status?.['observedGeneration'] ?? 0) >= (metadata.generation ?? 0)
}
