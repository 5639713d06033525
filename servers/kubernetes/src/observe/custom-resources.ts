import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Coverage } from '@kubevigil/core/observe'
import type { KubeClient } from '../kube/client.ts'
import type { Discovery, ResourceType } from '../kube/discovery.ts'
import { coverageOf } from './coverage.ts'

/** Objects read of one type: one page of the API. A cluster with more of them costs no more. */
const mostOfAType = 500

/**
 * Types of well-known add-ons whose conditions tell a fault early, by group: of these groups, only these are read. Argo CD's Applications are read by themselves; namesakes of Kubernetes' own kinds (a Knative Service) stay out.
 */
const customTypes: Record<string, readonly string[]> = {
  'acme.cert-manager.io': ['challenges'],
  'argoproj.io': ['rollouts'],
  'bitnami.com': ['sealedsecrets'],
  'cert-manager.io': ['certificates', 'issuers', 'clusterissuers'],
  'external-secrets.io': ['externalsecrets', 'secretstores', 'clustersecretstores'],
  'gateway.networking.k8s.io': ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'],
  'helm.toolkit.fluxcd.io': ['helmreleases'],
  'kafka.strimzi.io': ['kafkas', 'kafkaconnects', 'kafkatopics'],
  'karpenter.sh': ['nodepools', 'nodeclaims'],
  'keda.sh': ['scaledobjects'],
  'kustomize.toolkit.fluxcd.io': ['kustomizations'],
  'monitoring.coreos.com': ['prometheuses', 'alertmanagers'],
  'pkg.crossplane.io': ['providers', 'configurations', 'functions'],
  'postgresql.cnpg.io': ['clusters'],
  'source.toolkit.fluxcd.io': ['gitrepositories', 'helmrepositories', 'ocirepositories', 'buckets', 'helmcharts'],
}

/** The groups whose types were chosen above. */
export const preparedGroups: ReadonlySet<string> = new Set(Object.keys(customTypes))

/**
 * Reads the custom resources of the types above that the cluster offers, each object with its kind and apiVersion. What the
 * cluster lacks has no coverage entry: a missing add-on is nothing to tell. A type that cannot be read is a gap, never an end.
 */
export async function readCustomResources(
  client: KubeClient,
  discovery: Discovery,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ items: KubernetesObject[]; coverage: Coverage[] }> {
  const types = discovery.types.filter(({ group, plural }) => customTypes[group]?.includes(plural) === true)
  const read = await Promise.all(types.map((type) => readType(client, type, namespace, signal)))
  return { items: read.flatMap(({ items }) => items), coverage: read.map(({ coverage }) => coverage) }
}

async function readType(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ items: KubernetesObject[]; coverage: Coverage }> {
  const source = `${type.plural}.${type.group}`
  try {
    const { items, next } = await client.page(type, {
      namespace: type.namespaced ? namespace : undefined,
      limit: mostOfAType,
      signal,
    })
    for (const item of items) {
      item.kind = type.kind
      item.apiVersion = `${type.group}/${type.version}`
      // The bulk of many objects, and nothing a rule reads.
      delete item.metadata.managedFields
    }
    if (next === undefined) return { items, coverage: coverageOf(source, items.length) }
    return { items, coverage: { source, status: 'partial', detail: `the first ${items.length} read, there are more` } }
  } catch (error) {
    signal.throwIfAborted()
    return { items: [], coverage: coverageOf(source, 0, error) }
  }
}
