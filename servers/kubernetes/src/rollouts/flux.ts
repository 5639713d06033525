import type { Rollout } from '@kubevigil/core/change'
import { conditionOf, type KubernetesObject } from '@kubevigil/core/kubernetes'
import type { Sources } from '../diagnose/sources.ts'
import type { Applied } from './argocd.ts'
import { branchOf, commitOf, repositoryOf } from './repository.ts'

interface Kustomization {
  path?: string
  suspend?: boolean
  sourceRef?: { kind?: string; name?: string; namespace?: string }
}

interface FluxHistory {
  firstReconciled?: string
  lastReconciledStatus?: string
  metadata?: { revision?: string; originRevision?: string }
}

/**
 * The Flux Kustomization of a workload, by the labels Flux sets on all it applies. It reconciles on an interval, so what is
 * changed by hand is put back unless it is suspended.
 * @returns undefined when Flux does not manage it
 */
export async function fluxOf(workload: KubernetesObject, sources: Sources): Promise<Applied | undefined> {
  const labels = workload.metadata.labels ?? {}
  const name = labels['kustomize.toolkit.fluxcd.io/name']
  if (name === undefined) return undefined
  const namespace = labels['kustomize.toolkit.fluxcd.io/namespace'] ?? 'flux-system'
  const kustomization = await sources.object('kustomizations.kustomize.toolkit.fluxcd.io', namespace, name)
  const spec = (kustomization?.spec ?? {}) as Kustomization
  const source = spec.sourceRef?.name === undefined ? undefined : await sourceOf(spec.sourceRef, namespace, sources)
  const sourceSpec = (source?.spec ?? {}) as { url?: string; ref?: { branch?: string; tag?: string; semver?: string } }
  const applied = (kustomization?.status?.['lastAppliedRevision'] as string | undefined) ?? ''
  return {
    management: {
      tool: 'flux',
      application: `${namespace}/${name}`,
      repository: repositoryOf(sourceSpec.url ?? ''),
      path: (spec.path ?? '').replace(/^\.?\//, ''),
      branch: sourceSpec.ref?.branch ?? sourceSpec.ref?.tag ?? sourceSpec.ref?.semver ?? branchOf(applied),
      selfHeal: spec.suspend !== true,
    },
    rollouts: kustomization ? rolloutsOf(kustomization, applied) : [],
  }
}

function sourceOf(
  ref: { kind?: string; name?: string; namespace?: string },
  namespace: string,
  sources: Sources,
): Promise<KubernetesObject | null | undefined> {
  const plural =
    ref.kind === 'OCIRepository' ? 'ocirepositories' : ref.kind === 'Bucket' ? 'buckets' : 'gitrepositories'
  return sources.object(`${plural}.source.toolkit.fluxcd.io`, ref.namespace ?? namespace, ref.name!)
}

/** The last five applied revisions when Flux keeps a history (2.7 and newer), else the one applied now. */
function rolloutsOf(kustomization: KubernetesObject, applied: string): Rollout[] {
  const history = ((kustomization.status?.['history'] ?? []) as FluxHistory[])
    .filter((entry) => entry.firstReconciled !== undefined)
    .toSorted((a, b) => b.firstReconciled!.localeCompare(a.firstReconciled!))
  if (history.length === 0) {
    const since = conditionOf(kustomization, 'Ready')?.lastTransitionTime
    if (applied === '' || since === undefined) return []
    return [
      {
        time: since,
        source: 'Flux',
        revision: commitOf(applied).slice(0, 128),
        previousRevision: '',
        changes: ['applied now; Flux keeps no history here, so the time is that of its last change of state'],
      },
    ]
  }
  const revisionOf = (entry: FluxHistory | undefined): string =>
    commitOf(entry?.metadata?.originRevision ?? entry?.metadata?.revision ?? '').slice(0, 128)
  return history.map((entry, index) => ({
    time: entry.firstReconciled!,
    source: 'Flux' as const,
    revision: revisionOf(entry),
    previousRevision: revisionOf(history[index + 1]),
    changes: [`applied; ${entry.lastReconciledStatus ?? 'no status'}`],
  }))
}
