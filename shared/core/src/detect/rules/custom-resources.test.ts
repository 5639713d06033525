import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { judge } from '../custom-resources.ts'
import { customResourceRule } from './custom-resources.ts'
import { ago, brief, condition, custom, now, run, workload } from './testing.ts'

const failed = condition('Ready', 'False', hour, 'SecretSyncedError', 'key not found')
const of = (apiVersion: string, kind: string, parts: object = {}, conditions: object[] = [failed]) =>
  custom(apiVersion, kind, 'db', { status: { conditions }, ...parts })
const found = (...customresources: object[]) => run(customResourceRule, { customresources })

const state = (conditions: object[], metadata: object = {}, status: object = {}) =>
  judge(custom('example.com/v1', 'Widget', 'db', { metadata, status: { conditions, ...status } }), now).state

const leaving = (age: number, finalizers: string[]) =>
  brief(found(of('example.com/v1', 'Widget', { metadata: { deletionTimestamp: ago(age), finalizers } })))

describe('judge', () => {
  it.each([
    ['ready', state([condition('Ready', 'True', hour)])],
    ['degraded', state([failed])],
    ['degraded', state([condition('Stalled', 'True', minute), condition('Reconciling', 'True', minute)])],
    ['degraded', state([condition('Healthy', 'False', hour)])],
    ['degraded', state([condition('NotReady', 'True', hour)])],
    ['degraded', state([failed, condition('Reconciling', 'True', minute, 'ProgressingWithRetry')])],
    ['progressing', state([failed, condition('Reconciling', 'True', minute)])],
    ['progressing', state([condition('Ready', 'False', 9 * minute)])],
    ['progressing', state([failed], { generation: 2 }, { observedGeneration: 1 })],
    ['progressing', state([failed], { generation: 2 }, { observedGeneration: '1' })],
    ['progressing', state([failed], { deletionTimestamp: '2026-11-21T11:00:00Z' })],
    ['degraded', state([condition('Degraded', 'True', hour)])],
    ['degraded', state([], {}, { phase: 'Failed' })],
    ['degraded', state([], {}, { state: 'error' })],
    ['progressing', state([condition('Failed', 'True', minute)])],
    ['ready', state([condition('Ready', 'True', hour)], {}, { phase: 'Running' })],
    ['unknown', state([], {}, { phase: 'Pending' })],
    ['unknown', state([condition('Ready', 'Unknown', hour)])],
    ['unknown', state([condition('Degraded', 'False', hour), condition('Paused', 'False', hour)])],
    ['unknown', state([])],
  ])('is %s', (expected, told) => {
    expect(told).toBe(expected)
  })
})

describe('custom resources', () => {
  it.each([
    ['cert-manager.io/v1', 'ClusterIssuer', 'ISSUER_NOT_READY'],
    ['external-secrets.io/v1', 'SecretStore', 'SECRET_STORE_NOT_READY'],
    ['external-secrets.io/v1beta1', 'ExternalSecret', 'EXTERNAL_SECRET_NOT_SYNCED'],
    ['bitnami.com/v1alpha1', 'SealedSecret', 'SEALED_SECRET_NOT_SYNCED'],
    ['keda.sh/v1alpha1', 'ScaledObject', 'SCALED_OBJECT_NOT_READY'],
    ['postgresql.cnpg.io/v1', 'Cluster', 'CUSTOM_RESOURCE_NOT_READY'],
  ])('tells a failed %s %s', (apiVersion, kind, rule) => {
    expect(brief(found(of(apiVersion, kind)))).toEqual([`${rule} warning ${kind}/shop/db`])
  })

  it('leaves alone tasks that failed once, and what is suspended', () => {
    expect(found(of('tekton.dev/v1', 'TaskRun', { status: { phase: 'Failed' } }))).toEqual([])
    expect(found(of('image.toolkit.fluxcd.io/v1', 'ImageRepository', { spec: { suspend: true } }))).toEqual([])
  })

  it('tells what a finalizer keeps from going away, after a while', () => {
    expect(leaving(hour, ['example.com/hold'])).toEqual(['CUSTOM_RESOURCE_STUCK_DELETING warning Widget/shop/db'])
    expect(leaving(minute, ['example.com/hold'])).toEqual([])
    expect(leaving(hour, [])).toEqual([])
  })

  it('says what an ExternalSecret takes, what it makes and who uses that', () => {
    const spec = { secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' }, target: { name: 'db-login' } }
    const template = { spec: { containers: [{ name: 'app', envFrom: [{ secretRef: { name: 'db-login' } }] }] } }
    const [one] = run(customResourceRule, {
      customresources: [of('external-secrets.io/v1', 'ExternalSecret', { spec })],
      deployments: [workload({ spec: { template } })],
    })
    expect(one!.links).toEqual({
      causedBy: [{ kind: 'ClusterSecretStore', namespace: '', name: 'vault' }],
      makes: [{ kind: 'Secret', namespace: 'shop', name: 'db-login' }],
    })
    expect(one!.evidence).toEqual(['key not found', 'Deployment shop/web uses its Secret db-login'])
    expect(one!.nextSteps).toEqual(['kubectl -n shop describe externalsecret.external-secrets.io db'])
  })

  it('names the workloads an operator runs for it', () => {
    const metadata = { ownerReferences: [{ kind: 'Kafka', name: 'db', controller: true }] }
    const [one] = run(customResourceRule, {
      customresources: [of('kafka.strimzi.io/v1beta2', 'Kafka')],
      statefulsets: [workload({ name: 'db-kafka', metadata }), workload({ name: 'other' })],
    })
    expect(one!.links.causedBy).toEqual([{ kind: 'StatefulSet', namespace: 'shop', name: 'db-kafka' }])
  })

  it('leaves alone what works, what is at work and what other rules read', () => {
    expect(
      found(
        of('postgresql.cnpg.io/v1', 'Cluster', {}, [condition('Ready', 'True', hour)]),
        of('postgresql.cnpg.io/v1', 'Cluster', {}, [condition('Ready', 'False', minute)]),
        of('pkg.crossplane.io/v1', 'Provider', {}, []),
        of('cert-manager.io/v1', 'Certificate'),
        of('argoproj.io/v1alpha1', 'Rollout', {}, [condition('Healthy', 'False', hour)]),
        of('gateway.networking.k8s.io/v1', 'Gateway'),
        of('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { suspend: true } }),
      ),
    ).toEqual([])
  })
})
