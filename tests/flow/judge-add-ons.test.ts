import { describe, expect, it } from 'vitest'
import { condition, custom } from '../../shared/core/src/detect/rules/testing.ts'
import { hour, minute } from '../../shared/core/src/time.ts'
import { app, crash } from './judge-apps.ts'
import { together, told } from './judge-cluster.ts'

/** Custom resources of add-ons as their operators write them (Argo CD's health tests, the operators' own documents). */

type Parts = Parameters<typeof custom>[3]
const crd = (apiVersion: string, kind: string, parts: Parts = {}) => custom(apiVersion, kind, 'one', parts)
const is = (type: string, status: string, reason: string, since = hour, more = {}) => ({
  ...condition(type, status, since, reason),
  ...more,
})
const status = (...conditions: object[]) => ({ status: { conditions } })

describe('an add-on that only looks broken', () => {
  it.each<[name: string, ...objects: ReturnType<typeof crd>[]]>([
    [
      'a Knative autoscaler at zero',
      crd(
        'autoscaling.internal.knative.dev/v1alpha1',
        'PodAutoscaler',
        status(is('Active', 'False', 'NoTraffic'), is('Ready', 'False', 'NoTraffic')),
      ),
    ],
    [
      'a Knative revision at zero',
      crd(
        'serving.knative.dev/v1',
        'Revision',
        status(is('Active', 'False', 'NoTraffic', hour, { severity: 'Info' }), is('Ready', 'True', '')),
      ),
    ],
    [
      'a Knative revision that failed and was left behind by a newer one',
      crd('serving.knative.dev/v1', 'Configuration', status(is('Ready', 'True', ''))),
      custom('serving.knative.dev/v1', 'Revision', 'old', {
        metadata: { ownerReferences: [{ kind: 'Configuration', name: 'one', controller: true }] },
        ...status(is('Ready', 'False', 'ContainerMissing')),
      }),
    ],
    [
      'a virtual machine that is switched off (KubeVirt)',
      crd('kubevirt.io/v1', 'VirtualMachine', {
        spec: { runStrategy: 'Halted' },
        status: { printableStatus: 'Stopped', conditions: [is('Ready', 'False', 'VMINotExists')] },
      }),
    ],
    [
      'a managed resource that is paused (Crossplane)',
      crd('rds.aws.upbound.io/v1beta1', 'Instance', {
        metadata: { annotations: { 'crossplane.io/paused': 'true' } },
        ...status(is('Synced', 'False', 'ReconcilePaused'), is('Ready', 'True', 'Available')),
      }),
    ],
    [
      'a database that is being made for half an hour (Crossplane)',
      crd(
        'rds.aws.upbound.io/v1beta1',
        'Instance',
        status(is('Synced', 'True', 'ReconcileSuccess'), is('Ready', 'False', 'Creating', 30 * minute)),
      ),
    ],
    [
      'a cluster whose reconciliation is paused by an empty annotation (Cluster API)',
      crd('cluster.x-k8s.io/v1beta1', 'Cluster', {
        metadata: { annotations: { 'cluster.x-k8s.io/paused': '' } },
        ...status(is('Ready', 'False', 'ControlPlaneNotInitialized')),
      }),
    ],
    [
      'a machine set that scales, which is told as information (Cluster API)',
      crd(
        'cluster.x-k8s.io/v1beta1',
        'MachineDeployment',
        status(is('Ready', 'False', 'WaitingForAvailableMachines', hour, { severity: 'Info' })),
      ),
    ],
    [
      'a machine that rolls over (Cluster API)',
      crd(
        'cluster.x-k8s.io/v1beta1',
        'MachineDeployment',
        status(
          is('Available', 'True', 'Available'),
          is('RollingOut', 'False', 'NotRollingOut'),
          is('ScalingUp', 'False', 'NotScalingUp'),
        ),
      ),
    ],
    [
      'an idle scaler (KEDA)',
      crd(
        'keda.sh/v1alpha1',
        'ScaledObject',
        status(
          is('Ready', 'True', 'ScaledObjectReady'),
          is('Active', 'False', 'ScalerNotActive'),
          is('Fallback', 'False', 'NoFallbackFound'),
          is('Paused', 'Unknown', ''),
        ),
      ),
    ],
    [
      'a scaler that is paused (KEDA)',
      crd('keda.sh/v1alpha1', 'ScaledObject', {
        metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } },
        ...status(is('Ready', 'False', 'ScaledObjectPaused')),
      }),
    ],
    ['a failed backup of the past (Velero)', crd('velero.io/v1', 'Backup', { status: { phase: 'PartiallyFailed' } })],
    ['an upload that failed (Velero)', crd('velero.io/v2alpha1', 'DataUpload', { status: { phase: 'Failed' } })],
    [
      'a detached volume (Longhorn)',
      crd('longhorn.io/v1beta2', 'Volume', {
        status: {
          state: 'detached',
          robustness: 'unknown',
          conditions: [is('Scheduled', 'True', ''), is('Restore', 'False', '')],
        },
      }),
    ],
    [
      'a backup target nobody set (Longhorn)',
      crd('longhorn.io/v1beta2', 'BackupTarget', {
        status: { available: false, conditions: [is('Unavailable', 'True', 'Unavailable')] },
      }),
    ],
    [
      'a store with a warning (Rook)',
      crd('ceph.rook.io/v1', 'CephCluster', {
        status: {
          phase: 'Ready',
          state: 'Created',
          ceph: { health: 'HEALTH_WARN' },
          conditions: [is('Ready', 'True', 'ClusterCreated'), is('Progressing', 'False', '')],
        },
      }),
    ],
    [
      'an Elasticsearch that is yellow',
      crd('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', {
        status: {
          health: 'yellow',
          phase: 'Ready',
          conditions: [
            is('ReconciliationComplete', 'True', ''),
            is('RunningDesiredVersion', 'True', ''),
            is('ElasticsearchIsReachable', 'True', ''),
          ],
        },
      }),
    ],
    [
      'a database that hibernates (CNPG)',
      crd('postgresql.cnpg.io/v1', 'Cluster', {
        metadata: { annotations: { 'cnpg.io/hibernation': 'on' } },
        status: {
          phase: 'Cluster in healthy state',
          conditions: [is('Ready', 'False', 'ClusterIsNotReady'), is('cnpg.io/hibernation', 'True', 'Hibernated')],
        },
      }),
    ],
    [
      'a Kafka whose reconciliation is paused (Strimzi)',
      crd('kafka.strimzi.io/v1beta2', 'Kafka', {
        metadata: { annotations: { 'strimzi.io/pause-reconciliation': 'true' } },
        ...status(is('ReconciliationPaused', 'True', '')),
      }),
    ],
    [
      'a Kafka with a warning (Strimzi)',
      crd(
        'kafka.strimzi.io/v1beta2',
        'Kafka',
        status(is('Warning', 'True', 'DeprecatedFields'), is('Ready', 'True', '')),
      ),
    ],
    [
      'a Prometheus that says nothing of being short (Prometheus Operator)',
      crd(
        'monitoring.coreos.com/v1',
        'Prometheus',
        status(is('Available', 'Degraded', 'SomePodsNotReady'), is('Reconciled', 'True', '')),
      ),
    ],
    [
      'an operator OpenShift runs',
      crd(
        'config.openshift.io/v1',
        'ClusterOperator',
        status(
          is('Available', 'True', 'AsExpected'),
          is('Progressing', 'False', ''),
          is('Degraded', 'False', 'AsExpected'),
          is('Upgradeable', 'False', 'AdminAckRequired'),
        ),
      ),
    ],
    [
      'a registry OpenShift removed',
      crd('imageregistry.operator.openshift.io/v1', 'Config', {
        spec: { managementState: 'Removed' },
        ...status(is('Available', 'False', 'Removed')),
      }),
    ],
    ['a build that failed (OpenShift)', crd('build.openshift.io/v1', 'Build', { status: { phase: 'Failed' } })],
    [
      'a copied add-on (OLM)',
      crd('operators.coreos.com/v1alpha1', 'ClusterServiceVersion', {
        status: { phase: 'Succeeded', reason: 'Copied' },
      }),
    ],
    [
      'a chart K3s installed',
      crd('helm.cattle.io/v1', 'HelmChart', status(is('JobCreated', 'True', 'Job created'), is('Failed', 'False', ''))),
    ],
    [
      'a network state (Tigera)',
      crd(
        'operator.tigera.io/v1',
        'TigeraStatus',
        status(is('Available', 'True', ''), is('Degraded', 'False', ''), is('Progressing', 'False', '')),
      ),
    ],
    [
      'a node claim that starts (Karpenter)',
      crd(
        'karpenter.sh/v1',
        'NodeClaim',
        status(
          is('Ready', 'False', 'UnhealthyDependents', 4 * minute),
          is('Initialized', 'Unknown', 'NodeNotFound', 4 * minute),
          is('Drifted', 'True', 'NodePoolDrifted'),
        ),
      ),
    ],
    [
      'a workload in a queue (Kueue)',
      crd(
        'kueue.x-k8s.io/v1beta1',
        'Workload',
        status(is('QuotaReserved', 'False', 'Pending'), is('PodsReady', 'False', 'PodsReady')),
      ),
    ],
    [
      'a canary that waits for a person (Argo Rollouts)',
      crd('argoproj.io/v1alpha1', 'Rollout', {
        status: {
          phase: 'Paused',
          message: 'CanaryPauseStep',
          conditions: [
            is('Paused', 'True', 'RolloutPaused'),
            is('Completed', 'False', 'RolloutCompleted'),
            is('Healthy', 'False', 'RolloutHealthy'),
          ],
        },
      }),
    ],
    [
      'a certificate that is being issued',
      crd(
        'cert-manager.io/v1',
        'Certificate',
        status(is('Ready', 'False', 'DoesNotExist', 10 * minute), is('Issuing', 'True', 'DoesNotExist', 10 * minute)),
      ),
    ],
    [
      'a secret that is not due (External Secrets)',
      crd('external-secrets.io/v1', 'ExternalSecret', status(is('Ready', 'True', 'SecretSynced'))),
    ],
    ['a policy report (Kyverno)', crd('wgpolicyk8s.io/v1alpha2', 'PolicyReport', { summary: { fail: 12, error: 1 } })],
  ])('%s', (_name, ...objects) => {
    expect(told({ objects: { customresources: objects } })).toEqual([])
  })
})

const owned = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] })

describe('an add-on that is broken', () => {
  it.each<[name: string, object: ReturnType<typeof crd>]>([
    [
      'a backup location out of reach (Velero)',
      crd('velero.io/v1', 'BackupStorageLocation', { status: { phase: 'Unavailable', message: 'AccessDenied' } }),
    ],
    ['a schedule that is invalid (Velero)', crd('velero.io/v1', 'Schedule', { status: { phase: 'FailedValidation' } })],
    [
      'a volume without a replica left (Longhorn)',
      crd('longhorn.io/v1beta2', 'Volume', { status: { state: 'attached', robustness: 'faulted' } }),
    ],
    [
      'a store in error (Rook)',
      crd('ceph.rook.io/v1', 'CephCluster', { status: { phase: 'Ready', ceph: { health: 'HEALTH_ERR' } } }),
    ],
    ['a pool that failed (Rook)', crd('ceph.rook.io/v1', 'CephBlockPool', { status: { phase: 'Failure' } })],
    [
      'an Elasticsearch that is red',
      crd('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', { status: { health: 'red', phase: 'Ready' } }),
    ],
    [
      'an operator that is degraded (OpenShift)',
      crd(
        'config.openshift.io/v1',
        'ClusterOperator',
        status(is('Degraded', 'True', 'OAuthServerDeployment_UnavailablePod')),
      ),
    ],
    [
      'an upgrade that fails (OpenShift)',
      crd(
        'config.openshift.io/v1',
        'ClusterVersion',
        status(is('Available', 'True', ''), is('Failing', 'True', 'ClusterOperatorDegraded')),
      ),
    ],
    [
      'an add-on that failed to install (OLM)',
      crd('operators.coreos.com/v1alpha1', 'ClusterServiceVersion', {
        status: { phase: 'Failed', reason: 'ComponentUnhealthy' },
      }),
    ],
    [
      'a managed resource the cloud refuses (Crossplane)',
      crd(
        's3.aws.upbound.io/v1beta1',
        'Bucket',
        status(is('Synced', 'False', 'ReconcileError'), is('Ready', 'False', 'Creating')),
      ),
    ],
    [
      'a database that is being made for hours (Crossplane)',
      crd('rds.aws.upbound.io/v1beta1', 'Instance', status(is('Ready', 'False', 'Creating', 3 * hour))),
    ],
    [
      'a machine that failed (Cluster API)',
      crd('cluster.x-k8s.io/v1beta1', 'Machine', { status: { phase: 'Failed' } }),
    ],
    [
      'a connector that is not ready (Strimzi)',
      crd('kafka.strimzi.io/v1beta2', 'KafkaConnector', status(is('NotReady', 'True', 'ConnectRestException'))),
    ],
  ])('%s', (_name, one) => {
    expect(told({ objects: { customresources: [one] } })).toEqual([
      `CUSTOM_RESOURCE_NOT_READY warning ${one.kind}/shop/one`,
    ])
  })

  it('is told once, at the part that fails, with what is made of it', () => {
    const failing = status(is('Ready', 'False', 'Error'))
    const parent = custom('infra.example.com/v1', 'Platform', 'all', failing)
    const part = (name: string) =>
      custom('infra.example.com/v1', 'Part', name, { metadata: owned('Platform', 'all'), ...failing })
    expect(told({ objects: { customresources: [parent, part('a')] } })).toEqual([
      'CUSTOM_RESOURCE_NOT_READY warning Part/shop/a: Platform/shop/all',
    ])
    expect(told({ objects: { customresources: [parent, part('a'), part('b')] } })).toEqual([
      'CUSTOM_RESOURCE_NOT_READY warning Platform/shop/all: Part/shop/a Part/shop/b',
    ])
  })

  it('is told at the pods its operator runs', () => {
    const parts = app('es', {
      kind: 'statefulsets',
      replicas: 1,
      metadata: owned('Elasticsearch', 'one'),
      broken: { ownerReferences: [{ kind: 'StatefulSet', name: 'es', controller: true }], ...crash() },
    })
    const red = crd('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', { status: { health: 'red' } })
    expect(told({ objects: together(parts, { customresources: [red] }) })).toEqual([
      'POD_CRASH_LOOP critical StatefulSet/shop/es: Elasticsearch/shop/one',
    ])
  })
})
