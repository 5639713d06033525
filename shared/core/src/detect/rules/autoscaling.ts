import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { conditionOf, type Condition, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf, templateOf, type Workload } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, nameOf, quote } from '../text.ts'

/** Metrics are missing for a while after every rollout. */
const grace = 5 * minute
/** At its maximum and wanting more for this long (kubernetes-mixin KubeHpaMaxedOut). */
const maxedOut = 15 * minute

/** Argo CD's list of reasons that really stop an autoscaler; TooFewReplicas and ScalingDisabled do not. */
const stopping = new Set([
  'FailedGetResourceMetric',
  'FailedGetContainerResourceMetric',
  'FailedGetObjectMetric',
  'FailedGetPodsMetric',
  'FailedGetExternalMetric',
  'FailedComputeMetricsReplicas',
  'InvalidSelector',
  'InvalidMetricSourceType',
  'FailedGetScale',
  'FailedUpdateScale',
])

/** Autoscalers that cannot read or act, or have no room left. */
export const autoscaling: Rule = {
  codes: ['HPA_TARGET_MISSING', 'HPA_DEGRADED', 'HPA_MAXED_OUT'],
  detect: (context) => context.snapshot.objects.horizontalpodautoscalers.flatMap((hpa) => findingsOf(context, hpa)),
}

interface HpaSpec {
  scaleTargetRef?: { kind?: string; name?: string }
  minReplicas?: number
  maxReplicas?: number
  metrics?: { type?: string; resource?: { name?: string; target?: { type?: string } } }[]
}

const noWorkload: Workload = { metadata: { name: '' } }

function findingsOf(context: DetectContext, hpa: KubernetesObject): Finding[] {
  const absent = targetOf(hpa).find((target) => isAbsent(context, target))
  if (absent !== undefined) return withoutTarget(context, hpa, absent)
  const broken = ['ScalingActive', 'AbleToScale']
    .map((type) => conditionOf(hpa, type))
    .find((condition) => condition?.status === 'False' && stopping.has(condition.reason ?? ''))
  if (broken !== undefined) return degraded(context, hpa, broken)
  return atMaximum(context, hpa)
}

function isAbsent(context: DetectContext, { kind, namespace, name }: ObjectRef): boolean {
  const plural = { Deployment: 'deployments', StatefulSet: 'statefulsets' } as const
  return (kind === 'Deployment' || kind === 'StatefulSet') && context.surelyAbsent(plural[kind], namespace, name)
}

function withoutTarget(context: DetectContext, hpa: KubernetesObject, target: ObjectRef): Finding[] {
  if (context.now - createdAt(hpa) < grace) return []
  return [
    finding(context, {
      rule: 'HPA_TARGET_MISSING',
      severity: 'warning',
      owner: refOf('horizontalpodautoscalers', hpa),
      fault: `scales nothing: ${nameOf(target)} does not exist`,
      since: toMillis(conditionOf(hpa, 'AbleToScale')?.lastTransitionTime) ?? createdAt(hpa),
      evidence: [`scaleTargetRef names ${target.kind} ${target.name}`, quote(conditionOf(hpa, 'AbleToScale')?.message)],
      causes: [
        'The workload was removed or renamed and its autoscaler left behind',
        'A typing error in scaleTargetRef',
      ],
      nextSteps: [`kubectl ${inNamespace(hpa.metadata.namespace)}describe hpa ${hpa.metadata.name}`],
    }),
  ]
}

/** Containers of the target without a request for what is scaled on, when a share of the request is the measure. */
function unrequested(context: DetectContext, hpa: KubernetesObject): string[] {
  const measured = ((hpa.spec as HpaSpec | undefined)?.metrics ?? [])
    .filter(({ type, resource }) => type === 'Resource' && resource?.target?.type === 'Utilization')
    .map(({ resource }) => resource?.name ?? '')
  return targetOf(hpa).flatMap((target) =>
    (templateOf(context.workloads.get(refKey(target))?.object ?? noWorkload)?.spec?.containers ?? []).flatMap(
      ({ name, resources }) =>
        measured
          .filter((resource) => (resources?.requests ?? resources?.limits)?.[resource] === undefined)
          .map((resource) => `Container ${name} sets no request for ${resource}`),
    ),
  )
}

function degraded(
  context: DetectContext,
  hpa: KubernetesObject,
  { type, reason, message, lastTransitionTime }: Condition,
): Finding[] {
  const since = toMillis(lastTransitionTime)
  if (since !== undefined && context.now - since < grace) return []
  return [
    finding(context, {
      rule: 'HPA_DEGRADED',
      severity: 'warning',
      owner: refOf('horizontalpodautoscalers', hpa),
      fault: `cannot scale: ${reason}`,
      since,
      evidence: [`${type} is False: ${quote(message)}`, ...unrequested(context, hpa).slice(0, 3)],
      causes: [
        'The metrics API does not answer or has nothing about these pods',
        'Its pods set no request for the resource it scales on',
      ],
      nextSteps: [
        `kubectl ${inNamespace(hpa.metadata.namespace)}describe hpa ${hpa.metadata.name}`,
        'kubectl get apiservices v1beta1.metrics.k8s.io',
      ],
      links: { causedBy: [...metricsApi(reason), ...targetOf(hpa)] },
    }),
  ]
}

/** The API that did not give the metric. Custom and external metrics have several in use; the message names theirs. */
function metricsApi(reason = ''): ObjectRef[] {
  const resource = reason === 'FailedGetResourceMetric' || reason === 'FailedGetContainerResourceMetric'
  const external = reason === 'FailedGetExternalMetric'
  if (!resource && !external) return []
  return [{ kind: 'APIService', namespace: '', name: `v1beta1.${external ? 'external.' : ''}metrics.k8s.io` }]
}

function atMaximum(context: DetectContext, hpa: KubernetesObject): Finding[] {
  const { minReplicas = 1, maxReplicas = 0 } = (hpa.spec ?? {}) as HpaSpec
  const limited = conditionOf(hpa, 'ScalingLimited')
  const since = toMillis(limited?.lastTransitionTime)
  const current = hpa.status?.['currentReplicas']
  const full =
    limited?.status === 'True' &&
    limited.reason === 'TooManyReplicas' &&
    current === maxReplicas &&
    maxReplicas !== minReplicas
  if (!full || since === undefined || context.now - since < maxedOut) return []
  return [
    finding(context, {
      rule: 'HPA_MAXED_OUT',
      severity: 'warning',
      owner: refOf('horizontalpodautoscalers', hpa),
      fault: `at its maximum of ${maxReplicas} replicas and wants more`,
      since,
      evidence: [quote(limited.message)],
      causes: ['More load than the maximum was made for', 'Each replica handles less than before'],
      nextSteps: [`kubectl ${inNamespace(hpa.metadata.namespace)}describe hpa ${hpa.metadata.name}`],
    }),
  ]
}

function targetOf({ spec, metadata }: KubernetesObject): ObjectRef[] {
  const { kind, name } = ((spec ?? {}) as HpaSpec).scaleTargetRef ?? {}
  return kind === undefined || name === undefined ? [] : [{ kind, namespace: metadata.namespace ?? '', name }]
}
