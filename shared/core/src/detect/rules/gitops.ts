import type { Finding, ObjectRef } from '../../incident.ts'
import { conditionsOf, type KubernetesObject, type ObjectMeta } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { inNamespace, quote } from '../text.ts'

/** Automated sync acts within minutes; out of sync for longer, it does not act. */
const outOfSyncGrace = 15 * minute

const badConditions = new Set(['ComparisonError', 'SyncError', 'InvalidSpecError', 'OperationError'])

interface Application {
  metadata: ObjectMeta
  spec?: { destination?: { namespace?: string }; syncPolicy?: { automated?: object | null } }
  status?: {
    health?: { status?: string; message?: string; lastTransitionTime?: string }
    sync?: { status?: string }
    operationState?: { phase?: string; message?: string; finishedAt?: string }
    reconciledAt?: string
    resources?: { kind?: string; namespace?: string; name?: string }[]
  }
}

/** Argo CD Applications that are degraded or do not sync. Their workloads' own findings are the better ones. */
export const gitops: Rule = {
  codes: ['GITOPS_DEGRADED', 'GITOPS_SYNC_FAILED'],
  detect: (context) =>
    (context.snapshot.objects.applications as readonly Application[]).flatMap((application) => [
      ...degraded(context, application),
      ...syncFailed(context, application),
    ]),
}

function degraded(context: DetectContext, application: Application): Finding[] {
  const health = application.status?.health
  if (health?.status !== 'Degraded' && health?.status !== 'Missing') return []
  return [
    finding(context, {
      rule: 'GITOPS_DEGRADED',
      severity: 'warning',
      owner: refOf('applications', application as KubernetesObject),
      fault: `Argo CD reports it ${health.status}`,
      since: toMillis(health.lastTransitionTime) ?? toMillis(application.status?.operationState?.finishedAt),
      evidence: [quote(health.message), `Sync status ${application.status?.sync?.status ?? 'unknown'}`],
      causes: ['A workload it manages is not healthy'],
      nextSteps: [describe(application)],
      links: { causedBy: managedBy(context, application) },
    }),
  ]
}

function syncFailed(context: DetectContext, application: Application): Finding[] {
  const { operationState, sync, reconciledAt } = application.status ?? {}
  const failed = operationState?.phase === 'Failed' || operationState?.phase === 'Error'
  const bad = conditionsOf(application).filter(({ type }) => badConditions.has(type))
  const finished = toMillis(operationState?.finishedAt) ?? toMillis(reconciledAt)
  const automated = application.spec?.syncPolicy?.automated != null
  const stale =
    sync?.status === 'OutOfSync' && automated && finished !== undefined && context.now - finished >= outOfSyncGrace
  if (!failed && bad.length === 0 && !stale) return []
  return [
    finding(context, {
      rule: 'GITOPS_SYNC_FAILED',
      severity: 'warning',
      owner: refOf('applications', application as KubernetesObject),
      fault: failed
        ? `sync failed: ${operationState.phase}`
        : bad.length > 0
          ? `cannot be synced: ${bad[0]!.type}`
          : 'stays out of sync though it syncs by itself',
      since: failed ? finished : (toMillis(bad[0]?.lastTransitionTime) ?? finished),
      evidence: [
        failed && quote(operationState.message),
        ...bad.slice(0, 3).map(({ type, message }) => `${type}: ${quote(message)}`),
        `Sync status ${sync?.status ?? 'unknown'}`,
      ],
      causes: ['A manifest is invalid or refused by the API server', 'Argo CD cannot reach the repository'],
      nextSteps: [describe(application)],
    }),
  ]
}

/** The workloads an Application manages: by its own list, by Argo CD's tracking mark on them, else those of its namespace. */
function managedBy({ workloads }: DetectContext, { metadata, spec, status }: Application): ObjectRef[] {
  const all = [...workloads.values()].filter(({ ref }) => ref.kind !== 'ReplicaSet')
  const listed = new Set((status?.resources ?? []).map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`))
  const tracked = all.filter(
    ({ ref, object }) =>
      listed.has(`${ref.kind}/${ref.namespace}/${ref.name}`) ||
      object.metadata.annotations?.['argocd.argoproj.io/tracking-id']?.startsWith(`${metadata.name}:`) === true ||
      object.metadata.labels?.['app.kubernetes.io/instance'] === metadata.name,
  )
  const chosen = tracked.length > 0 ? tracked : all.filter(({ ref }) => ref.namespace === spec?.destination?.namespace)
  return chosen.map(({ ref }) => ref)
}

function describe({ metadata }: Application): string {
  return `kubectl ${inNamespace(metadata.namespace)}describe application.argoproj.io ${metadata.name}`
}
