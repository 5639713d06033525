import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { conditionOf, type KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { customResources, groupOf, judge, kubectlKind, refOfCustom } from '../custom-resources.ts'
import { finding } from '../finding.ts'
import { permissionSteps } from '../permissions.ts'
import { inNamespace, quote } from '../text.ts'

const appliers = ['kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io']
const sources = 'source.toolkit.fluxcd.io'

/** The command of the flux CLI for a kind (`flux reconcile source git`); kinds without one reconcile with their owner. */
const reconcile: Record<string, string> = {
  Kustomization: 'kustomization',
  HelmRelease: 'helmrelease',
  GitRepository: 'source git',
  HelmRepository: 'source helm',
  OCIRepository: 'source oci',
  Bucket: 'source bucket',
  HelmChart: 'source chart',
}

/**
 * What Flux's words blame: the source it has no artifact of, what it depends on, or what it applied and that does not become
 * healthy. Other failures are its own, whatever else is broken.
 */
const blames = {
  source: /artifact|source|chart/i,
  dependency: /dependenc/i,
  applied: /health ?check|time(?:d )?out|deadline exceeded|not ready/i,
}

/** Flux sources that cannot be fetched, and what cannot be applied from them. What is suspended was stopped on purpose. */
export const flux: Rule = {
  codes: ['FLUX_SOURCE_FAILED', 'FLUX_NOT_READY'],
  detect: (context) =>
    [sources, ...appliers]
      .flatMap((group) => customResources(context.snapshot, group))
      .filter(({ spec }) => spec?.['suspend'] !== true)
      .flatMap((object) => findingsOf(context, object)),
}

function findingsOf(context: DetectContext, object: KubernetesObject): Finding[] {
  const verdict = judge(object, context.now)
  if (verdict.state !== 'degraded') return []
  const ref = refOfCustom(object)
  const source = groupOf(object) === sources
  // Ready holds the reason also when Stalled tells that nothing will be tried again.
  const told = conditionOf(object, 'Ready') ?? verdict.condition
  const causedBy = causesOf(context, object, `${told.reason ?? ''} ${told.message ?? ''}`)
  const command = reconcile[ref.kind]
  return [
    finding(context, {
      rule: source ? 'FLUX_SOURCE_FAILED' : 'FLUX_NOT_READY',
      severity: 'warning',
      owner: ref,
      fault: `Flux ${source ? 'cannot fetch it' : 'cannot apply it'}: ${told.reason ?? verdict.condition.type}`,
      since: verdict.since,
      evidence: [
        quote(told.message),
        verdict.condition.type === 'Stalled' && 'Stalled: Flux does not try again until it is changed',
        revisions(object),
      ],
      causes: source
        ? ['Wrong address, branch, tag or credentials', 'The repository does not answer']
        : ['A manifest or value is invalid or refused by the API server', 'What it applied does not become healthy'],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}describe ${kubectlKind(object)} ${ref.name}`,
        ...permissionSteps(told.message ?? ''),
        ...(command === undefined ? [] : [`flux reconcile ${command} ${inNamespace(ref.namespace)}${ref.name}`]),
      ],
      links: causedBy.length > 0 ? { causedBy } : {},
    }),
  ]
}

function causesOf(context: DetectContext, object: KubernetesObject, words: string): ObjectRef[] {
  return [
    ...(blames.source.test(words) ? sourceOf(object) : []),
    ...(blames.dependency.test(words) ? dependencies(object) : []),
    ...(blames.applied.test(words) ? applied(context, refOfCustom(object)) : []),
  ]
}

interface SourceRef {
  kind?: string
  name?: string
  namespace?: string
}

/** Where it is fetched from: a Kustomization's sourceRef, a HelmRelease's chart or chartRef, a HelmChart's repository. */
function sourceOf({ metadata, spec }: KubernetesObject): ObjectRef[] {
  const chart = (spec?.['chart'] ?? {}) as { spec?: { sourceRef?: SourceRef } }
  return [
    spec?.['sourceRef'] as SourceRef | undefined,
    spec?.['chartRef'] as SourceRef | undefined,
    chart.spec?.sourceRef,
  ]
    .filter((ref) => ref?.kind !== undefined && ref.name !== undefined)
    .map((ref) => ({ kind: ref!.kind!, namespace: ref!.namespace ?? metadata.namespace ?? '', name: ref!.name! }))
}

function dependencies({ kind = '', metadata, spec }: KubernetesObject): ObjectRef[] {
  return ((spec?.['dependsOn'] ?? []) as SourceRef[])
    .filter(({ name }) => name !== undefined)
    .map(({ name, namespace }) => ({ kind, namespace: namespace ?? metadata.namespace ?? '', name: name! }))
}

/** The workloads it applied, by the labels Flux puts on all it applies. */
function applied({ workloads }: DetectContext, owner: ObjectRef): ObjectRef[] {
  const prefix = owner.kind === 'HelmRelease' ? 'helm.toolkit.fluxcd.io' : 'kustomize.toolkit.fluxcd.io'
  return [...workloads.values()]
    .filter(({ object: { metadata } }) => {
      const { [`${prefix}/name`]: name = '', [`${prefix}/namespace`]: namespace = '' } = metadata.labels ?? {}
      return refKey({ kind: owner.kind, namespace, name }) === refKey(owner)
    })
    .map(({ ref }) => ref)
}

function revisions({ status }: KubernetesObject): string | false {
  const { lastAttemptedRevision: tried, lastAppliedRevision: applied } = (status ?? {}) as Record<string, string>
  return tried !== undefined && `Tried revision ${tried}, applied ${applied ?? 'none'}`
}
