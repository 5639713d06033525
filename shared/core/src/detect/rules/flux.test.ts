import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { flux } from './flux.ts'
import { brief, condition, custom, run, workload } from './testing.ts'

const failed = (reason: string, message = '') => condition('Ready', 'False', hour, reason, message)
const kustomization = (conditions: object[], spec: object = {}, metadata: object = {}, status: object = {}) =>
  custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', {
    metadata,
    spec: { sourceRef: { kind: 'GitRepository', name: 'repo', namespace: 'flux-system' }, ...spec },
    status: { conditions, ...status },
  })
const repository = (conditions: object[]) =>
  custom('source.toolkit.fluxcd.io/v1', 'GitRepository', 'repo', { status: { conditions } })
const found = (one: object, objects = {}) => run(flux, { customresources: [one], ...objects })

describe('flux', () => {
  it('tells sources that cannot be fetched, also while Flux tries them again', () => {
    const retried = [
      failed('GitOperationFailed', 'authentication required'),
      condition('Reconciling', 'True', hour, 'ProgressingWithRetry'),
    ]
    const [one] = found(repository(retried))
    expect(brief([one!])).toEqual(['FLUX_SOURCE_FAILED warning GitRepository/shop/repo'])
    expect(one!.evidence).toEqual(['authentication required'])
    expect(one!.nextSteps).toContain('flux reconcile source git -n shop repo')
  })

  it('tells what cannot be applied, and whom its words blame', () => {
    const source = { kind: 'GitRepository', namespace: 'flux-system', name: 'repo' }
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'shop' }
    const deployments = [workload({ metadata: { labels } }), workload({ name: 'other' })]
    const causes = (reason: string, message: string) =>
      found(kustomization([failed(reason, message)], { dependsOn: [{ name: 'base' }] }), { deployments })[0]!.links
        .causedBy
    expect(causes('BuildFailed', 'kustomization.yaml: no such file')).toBeUndefined()
    expect(causes('ArtifactFailed', 'Source artifact not found')).toEqual([source])
    expect(causes('DependencyNotReady', "dependency 'shop/base' is not there")).toEqual([
      { kind: 'Kustomization', namespace: 'shop', name: 'base' },
    ])
    expect(causes('HealthCheckFailed', 'timeout waiting for: [Deployment/shop/web]')).toEqual([
      { kind: 'Deployment', namespace: 'shop', name: 'web' },
    ])
  })

  it('names the source of a chart and says that a stalled release is not tried again', () => {
    const release = custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
      spec: { chart: { spec: { sourceRef: { kind: 'HelmRepository', name: 'charts' } } } },
      status: {
        conditions: [condition('Stalled', 'True', minute, 'RetriesExceeded'), failed('SourceNotReady', 'no artifact')],
      },
    })
    const [one] = found(release)
    expect(brief([one!])).toEqual(['FLUX_NOT_READY warning HelmRelease/shop/web'])
    expect(one!.evidence.join()).toContain('does not try again')
    expect(one!.links.causedBy).toEqual([{ kind: 'HelmRepository', namespace: 'shop', name: 'charts' }])
  })

  it('names a permission Flux lacks', () => {
    const message =
      'deployments.apps is forbidden: User "system:serviceaccount:shop:flux" cannot patch resource "deployments" in API group "apps" in the namespace "shop"'
    expect(found(kustomization([failed('ReconciliationFailed', message)]))[0]!.nextSteps).toContain(
      'kubectl auth can-i patch deployments.apps --as=system:serviceaccount:shop:flux -n shop',
    )
  })

  it.each([
    ['a ready one', kustomization([condition('Ready', 'True', hour)])],
    ['a suspended one', kustomization([failed('BuildFailed')], { suspend: true })],
    [
      'one at work',
      kustomization([condition('Ready', 'Unknown', hour), condition('Reconciling', 'True', hour, 'Progressing')]),
    ],
    ['one that has just failed', kustomization([condition('Ready', 'False', 5 * minute)])],
    ['one not yet seen as it is', kustomization([failed('x')], {}, { generation: 3 }, { observedGeneration: 2 })],
    ['one being deleted', kustomization([failed('x')], {}, { deletionTimestamp: '2026-11-21T11:00:00Z' })],
  ])('leaves %s alone', (_name, healthy) => {
    expect(found(healthy)).toEqual([])
  })
})
