import type { Rollout } from '@kubevigil/core/change'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import { pathOf } from '../kube/discovery.ts'
import type { Sources } from '../diagnose/sources.ts'
import type { Applied } from './argocd.ts'

/** No plain JSON behind it: a server that cannot leave the data out is to refuse, for a release's data is the whole chart. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

/**
 * The Helm release of a workload, by the label and annotations Helm sets. Its revisions are Secrets of which only the metadata is
 * read. @returns undefined when Helm did not install it
 */
export async function helmOf(
  workload: KubernetesObject,
  kube: KubeClient,
  sources: Sources,
  signal: AbortSignal,
): Promise<Applied | undefined> {
  const release = workload.metadata.annotations?.['meta.helm.sh/release-name']
  if (release === undefined || workload.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'Helm') return undefined
  const namespace =
    workload.metadata.annotations?.['meta.helm.sh/release-namespace'] ?? workload.metadata.namespace ?? ''
  const secrets = await sources.attempt('Helm releases', async () => {
    const path = pathOf(await kube.type('secrets', signal), namespace)
    const list = await kube.get<{ items?: KubernetesObject[] }>(path, {
      query: { labelSelector: `owner=helm,name=${release}`, limit: 50 },
      accept: metadataOnly,
      signal,
    })
    return list.items ?? []
  })
  const chart = workload.metadata.labels['helm.sh/chart'] ?? ''
  return {
    management: {
      tool: 'helm',
      application: `${namespace}/${release}`,
      repository: '',
      path: chart,
      branch: '',
      selfHeal: false,
    },
    rollouts: rolloutsOf(secrets ?? [], chart),
  }
}

function rolloutsOf(secrets: readonly KubernetesObject[], chart: string): Rollout[] {
  const releases = secrets
    .map(({ metadata }) => ({
      version: Number(metadata.labels?.['version']),
      status: metadata.labels?.['status'] ?? 'unknown',
      time: metadata.creationTimestamp,
    }))
    .filter(({ version, time }) => version > 0 && time !== undefined)
    .toSorted((a, b) => b.version - a.version)
  return releases.map(({ version, status, time }, index) => ({
    time: time!,
    source: 'Helm' as const,
    revision: String(version),
    previousRevision: String(releases[index + 1]?.version ?? ''),
    changes: [`release ${status}${index === 0 && chart !== '' ? `, chart ${chart}` : ''}`],
  }))
}
