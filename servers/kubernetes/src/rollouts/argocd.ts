import type { Management, Rollout } from '@kubevigil/core/change'
import type { KubernetesObject } from '@kubevigil/core/kubernetes'
import type { ObjectRef } from '@kubevigil/core/incident'
import type { Sources } from '../diagnose/sources.ts'
import { repositoryOf } from './repository.ts'

/** Who applies a workload and what they applied, newest first. */
export interface Applied {
  management: Management
  rollouts: Rollout[]
}

interface Source {
  repoURL?: string
  path?: string
  targetRevision?: string
  chart?: string
  ref?: string
}

interface HistoryEntry {
  id?: number
  revision?: string
  revisions?: string[]
  deployedAt?: string
  initiatedBy?: { username?: string; automated?: boolean }
}

const trackingAnnotation = 'argocd.argoproj.io/tracking-id'

/**
 * The Argo CD Application of a workload: by the tracking annotation (Argo CD's default since 3.0), else by the instance label
 * (the default before), which Helm uses too and which therefore only counts when there is such an Application.
 * @returns undefined when Argo CD does not manage it
 */
export async function argoOf(
  workload: KubernetesObject,
  ref: ObjectRef,
  sources: Sources,
): Promise<Applied | undefined> {
  const tracked = workload.metadata.annotations?.[trackingAnnotation]?.split(':')[0]
  const labels = workload.metadata.labels ?? {}
  const labelled = labels['argocd.argoproj.io/instance'] ?? labels['app.kubernetes.io/instance']
  const wanted = tracked ?? labelled
  if (wanted === undefined) return undefined
  // Applications outside Argo CD's own namespace are tracked as `namespace_name`.
  const [inNamespace, name] = wanted.includes('_')
    ? [wanted.split('_')[0], wanted.slice(wanted.indexOf('_') + 1)]
    : [undefined, wanted]
  const listed = await sources.list('applications.argoproj.io', { fieldSelector: `metadata.name=${name}`, most: 50 })
  const found = (listed ?? []).filter(
    (application) =>
      application.metadata.name === name &&
      (inNamespace === undefined || application.metadata.namespace === inNamespace) &&
      deploysTo(application, ref),
  )
  const application = found[0]
  if (application !== undefined) return describeApplication(application)
  if (tracked === undefined) return undefined
  // Tracked for certain, but its Application cannot be read: act as if it healed itself, so that nobody undoes by hand in vain.
  return {
    management: { tool: 'argocd', application: name, repository: '', path: '', branch: '', selfHeal: true },
    rollouts: [],
  }
}

function deploysTo(application: KubernetesObject, ref: ObjectRef): boolean {
  const resources = (application.status?.['resources'] ?? []) as { kind?: string; namespace?: string; name?: string }[]
  if (resources.length > 0)
    return resources.some(
      (resource) =>
        resource.kind === ref.kind &&
        resource.name === ref.name &&
        (resource.namespace ?? ref.namespace) === ref.namespace,
    )
  const destination = application.spec?.['destination'] as { namespace?: string } | undefined
  return destination?.namespace === undefined || destination.namespace === ref.namespace
}

/** Reads an Application: what it follows, whether it heals itself, and its sync history. */
export function describeApplication(application: KubernetesObject): Applied {
  const spec = application.spec as
    | { source?: Source; sources?: Source[]; syncPolicy?: { automated?: { selfHeal?: boolean; enabled?: boolean } } }
    | undefined
  const all = spec?.sources ?? (spec?.source === undefined ? [] : [spec.source])
  const index = Math.max(
    0,
    all.findIndex((source) => source.path !== undefined && source.ref === undefined),
  )
  const source = all[index] ?? {}
  const history = ((application.status?.['history'] ?? []) as HistoryEntry[]).toSorted(
    (a, b) => (b.id ?? 0) - (a.id ?? 0),
  )
  const revisionOf = (entry: HistoryEntry | undefined): string =>
    (entry?.revisions?.[index] ?? entry?.revision ?? '').slice(0, 128)
  const automated = spec?.syncPolicy?.automated
  return {
    management: {
      tool: 'argocd',
      application: `${application.metadata.namespace ?? ''}/${application.metadata.name}`,
      repository: source.chart === undefined ? repositoryOf(source.repoURL ?? '') : (source.repoURL ?? ''),
      path: source.path ?? source.chart ?? '',
      branch: source.targetRevision ?? '',
      selfHeal: automated?.selfHeal === true && automated.enabled !== false,
    },
    rollouts: history.flatMap((entry, position): Rollout[] => {
      if (entry.deployedAt === undefined) return []
      const [revision, previousRevision] = [revisionOf(entry), revisionOf(history[position + 1])]
      const who = entry.initiatedBy?.username === undefined ? '' : ` by ${entry.initiatedBy.username}`
      const from = source.path ?? source.chart ?? 'its source'
      const what =
        revision === previousRevision
          ? 'synced the same revision again'
          : `synced ${from}${previousRevision === '' ? '; the oldest sync that is kept' : ' at another revision'}`
      return [
        {
          time: entry.deployedAt,
          source: 'ArgoCD',
          revision,
          previousRevision,
          changes: [`${what}${who}`.slice(0, 500)],
        },
      ]
    }),
  }
}
