import type { KubernetesObject, Pod } from '@kubevigil/core/kubernetes'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { explainMissing } from './missing.ts'

/** Pods whose logs are read for one answer. */
const mostPods = 10
/** Pods of a workload looked at to choose the ones to read: whole objects, about ten kilobytes each. */
const mostListed = 200

export interface LogPods {
  pods: Pod[]
  /** Names of pods of the workload that are not read. */
  leftOut: string[]
}

/** One pod by its name. @throws UserError with near names */
export async function podNamed(
  kube: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<LogPods> {
  const pod = (await existing(kube, await podType(kube, signal), namespace, name, signal)) as unknown as Pod
  return { pods: [pod], leftOut: [] }
}

/** The pods of a workload: those in trouble first, then the newest. @throws UserError when it has none */
export async function podsOf(
  kube: KubeClient,
  type: ResourceType,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<LogPods> {
  if (type.plural === 'pods' && type.group === '') return podNamed(kube, namespace, name, signal)
  const workload = await existing(kube, type, namespace, name, signal)
  const labelSelector =
    type.plural === 'cronjobs' ? await jobsSelector(kube, workload, namespace, signal) : selectorOf(workload)
  if (labelSelector === undefined) {
    throw new UserError(
      'no-pods-of-kind',
      `${type.kind} "${name}" selects no pods of its own.`,
      'Name a pod, or a workload such as a Deployment, StatefulSet or Job.',
    )
  }
  const page = await kube.page(await podType(kube, signal), { namespace, labelSelector, limit: mostListed, signal })
  const pods = (page.items as unknown as Pod[]).toSorted((a, b) => trouble(b) - trouble(a) || newestFirst(a, b))
  if (pods.length === 0) {
    throw new UserError(
      'no-pods',
      `${type.kind} "${name}" has no pods now.`,
      'list_events or diagnose_resource for it tells why.',
    )
  }
  return { pods: pods.slice(0, mostPods), leftOut: pods.slice(mostPods).map(({ metadata }) => metadata.name) }
}

async function podType(kube: KubeClient, signal: AbortSignal): Promise<ResourceType> {
  return kube.type('pods', signal)
}

async function existing(
  kube: KubeClient,
  type: ResourceType,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  if (!type.namespaced)
    throw new UserError('no-pods-of-kind', `${type.kind} has no pods of its own.`, 'Name a pod or a workload.')
  try {
    return await kube.object(type, namespace, name, signal)
  } catch (error) {
    if (error instanceof KubeError && error.failure === 'not-found')
      throw await explainMissing(kube, type, namespace, name, signal)
    throw error
  }
}

interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

/** A workload's selector in the form of a query; Services and ReplicationControllers have a plain map. */
function selectorOf({ spec }: KubernetesObject): string | undefined {
  const selector = spec?.['selector'] as LabelSelector | Record<string, string> | undefined
  if (selector === undefined || selector === null || typeof selector !== 'object') return undefined
  const structured = selector as LabelSelector
  const isStructured = structured.matchLabels !== undefined || structured.matchExpressions !== undefined
  const labels = isStructured ? (structured.matchLabels ?? {}) : (selector as Record<string, string>)
  const terms = [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...(isStructured ? (structured.matchExpressions ?? []).map(expression) : []),
  ]
  return terms.length === 0 ? undefined : terms.join(',')
}

function expression({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number]): string {
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `!${key}`
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
}

/** A CronJob's pods belong to its Jobs: the three newest are looked at. */
async function jobsSelector(
  kube: KubeClient,
  cronJob: KubernetesObject,
  namespace: string,
  signal: AbortSignal,
): Promise<string> {
  const { items } = await kube.page(await kube.type('jobs', signal), { namespace, limit: 500, signal })
  const own = items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === cronJob.metadata.uid))
    .toSorted(newestFirst)
    .slice(0, 3)
  if (own.length === 0) {
    throw new UserError(
      'no-pods',
      `CronJob "${cronJob.metadata.name}" has no Jobs now.`,
      'list_events for it tells when it ran last.',
    )
  }
  return `job-name in (${own.map(({ metadata }) => metadata.name).join(',')})`
}

function newestFirst(
  a: { metadata: KubernetesObject['metadata'] },
  b: { metadata: KubernetesObject['metadata'] },
): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')
}

/** 2 for a container that is not ready or waits, 1 for one that restarted, 0 for a quiet pod. */
function trouble({ status }: Pod): number {
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
  if ((status.containerStatuses ?? []).some(({ ready, state }) => ready !== true && state?.terminated?.exitCode !== 0))
    return 2
  return statuses.some(({ restartCount }) => (restartCount ?? 0) > 0) ? 1 : 0
}
