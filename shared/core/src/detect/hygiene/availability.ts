import type { DetectContext } from '../context.ts'
import { covered } from '../../observe.ts'
import { selectsLabels } from '../objects.ts'
import { hygieneRule, namesWhere, type Written } from './check.ts'

const serving = new Set(['Deployment', 'StatefulSet'])

/** What users notice when a pod starts or a node is drained. Only workloads that a Service sends traffic to are looked at. */
export const availability = hygieneRule([
  {
    code: 'HYGIENE_NO_READINESS_PROBE',
    habit: 'serve without a readiness probe',
    risk: 'Traffic reaches pods that cannot answer yet, at every rollout',
    advice: 'Add a readinessProbe that asks what the Service asks',
    find: (workload, context) =>
      serves(workload, context)
        ? namesWhere(
            workload.spec.containers.filter(({ ports = [] }) => ports.length > 0),
            ({ readinessProbe }) => readinessProbe === undefined,
          )
        : [],
  },
  {
    code: 'HYGIENE_SINGLE_REPLICA',
    habit: 'serve from one replica without a disruption budget',
    risk: 'Every node drain is an outage',
    advice: 'Run two replicas, or add a PodDisruptionBudget so that drains wait for you',
    find: (workload, context) =>
      serves(workload, context) && (workload.object.spec?.replicas ?? 1) === 1 && isUnprotected(workload, context)
        ? ['replicas 1']
        : [],
  },
])

function serves({ ref, labels }: Written, { snapshot }: DetectContext): boolean {
  if (!serving.has(ref.kind)) return false
  return snapshot.objects.services.some(
    ({ metadata, spec }) =>
      metadata.namespace === ref.namespace &&
      selectsLabels(spec?.['selector'] as Record<string, string> | undefined, labels),
  )
}

/** A budget whose selector is more than labels may well mean this workload: only a plain one that does not is a no. */
function isUnprotected({ ref, labels }: Written, { snapshot }: DetectContext): boolean {
  if (!covered(snapshot, 'poddisruptionbudgets')) return false
  return !snapshot.objects.poddisruptionbudgets
    .filter(({ metadata }) => metadata.namespace === ref.namespace)
    .some(({ spec }) => {
      const { matchLabels, matchExpressions } = (spec?.['selector'] ?? {}) as {
        matchLabels?: Record<string, string>
        matchExpressions?: unknown[]
      }
      return matchExpressions !== undefined || matchLabels === undefined || selectsLabels(matchLabels, labels)
    })
}
