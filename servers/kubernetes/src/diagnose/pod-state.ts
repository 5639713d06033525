import { clip } from '@kubevigil/core/budget'
import { describeExit } from '@kubevigil/core/failure-events'
import { conditionOf, type ContainerStatus, type Pod } from '@kubevigil/core/kubernetes'
import { humanSpan, toMillis } from '@kubevigil/core/time'

export interface PodGroup {
  state: string
  count: number
  ready: number
  restarts: number
  detail: string
  examples: string[]
  nodes: string[]
}

/** A pod's state in one word or two, as the STATUS column of kubectl shows it, but never Running for one that is not ready. */
export function podState(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (pod.status.phase === 'Succeeded') return 'Completed'
  if (pod.status.reason !== undefined) return pod.status.reason
  const init = failingInit(pod)
  if (init !== undefined) return init
  const broken = (pod.status.containerStatuses ?? [])
    .map(reasonOf)
    .find((reason) => reason !== undefined && reason !== 'Completed' && !starting.has(reason))
  if (broken !== undefined) return broken
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (pod.status.phase === 'Pending' && scheduled?.status === 'False') return scheduled.reason ?? 'Unschedulable'
  if (pod.status.phase === 'Pending' && (pod.status.containerStatuses ?? []).length > 0) return 'ContainerCreating'
  if (pod.status.phase === 'Running' && conditionOf(pod, 'Ready')?.status !== 'True') return 'NotReady'
  return pod.status.phase ?? 'Unknown'
}

const starting = new Set(['ContainerCreating', 'PodInitializing'])

/** Pods by state, the most frequent first; healthy ones last. */
export function groupPods(pods: readonly Pod[], now: number): PodGroup[] {
  const groups = [...Map.groupBy(pods, podState)].map(([state, members]): PodGroup => ({
    state,
    count: members.length,
    ready: members.filter(isReady).length,
    restarts: Math.max(0, ...members.flatMap((pod) => allStatuses(pod).map((status) => status.restartCount ?? 0))),
    detail: members.map((pod) => detailOf(pod, now)).find((detail) => detail !== '') ?? '',
    examples: members.slice(0, 3).map((pod) => pod.metadata.name),
    nodes: [...new Set(members.flatMap((pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : [])))].slice(0, 5),
  }))
  const isFine = ({ state }: PodGroup): boolean => state === 'Running' || state === 'Completed'
  return groups.toSorted((a, b) => Number(isFine(a)) - Number(isFine(b)) || b.count - a.count)
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True'
}

/** What a container does now and how it last ended. */
export function containerState(status: ContainerStatus | undefined, now: number): { state: string; last: string } {
  if (status === undefined) return { state: 'not started', last: '' }
  const { running, waiting, terminated } = status.state ?? {}
  const since = (instant: string | undefined, word: string): string => {
    const at = toMillis(instant)
    return at === undefined ? '' : `${word} ${humanSpan(now - at)}`
  }
  const state =
    running !== undefined
      ? `running${since(running.startedAt, ' for')}${status.ready === true ? '' : ', not ready'}`
      : waiting !== undefined
        ? `waiting: ${waiting.reason ?? 'no reason given'}`
        : terminated !== undefined
          ? describeExit(terminated.exitCode, terminated.reason)
          : 'unknown'
  const ended = status.lastState?.terminated
  return {
    state,
    last:
      ended === undefined
        ? ''
        : `${describeExit(ended.exitCode, ended.reason)}${since(ended.finishedAt, ',')}${ended.finishedAt === undefined ? '' : ' ago'}`,
  }
}

function failingInit(pod: Pod): string | undefined {
  const statuses = pod.status.initContainerStatuses ?? []
  const sidecars = new Set(
    (pod.spec.initContainers ?? [])
      .filter((container) => container.restartPolicy === 'Always')
      .map((container) => container.name),
  )
  const open = statuses.findIndex((status) =>
    sidecars.has(status.name) ? status.started !== true : status.state?.terminated?.exitCode !== 0,
  )
  if (open === -1) return undefined
  const reason = reasonOf(statuses[open]!)
  return reason === undefined || starting.has(reason) ? `Init:${open}/${statuses.length}` : `Init:${reason}`
}

function reasonOf(status: ContainerStatus): string | undefined {
  return status.state?.waiting?.reason ?? status.state?.terminated?.reason
}

function allStatuses(pod: Pod): ContainerStatus[] {
  return [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]
}

/** The sentence behind the state: the kubelet's or scheduler's message, else how the container last ended. */
function detailOf(pod: Pod, now: number): string {
  const waiting = allStatuses(pod).find((status) => (status.state?.waiting?.message ?? '') !== '')
  const scheduled = conditionOf(pod, 'PodScheduled')
  const ended = allStatuses(pod).find((status) => status.lastState?.terminated !== undefined && status.ready !== true)
  const parts = [
    pod.status.message ?? '',
    scheduled?.status === 'False' ? (scheduled.message ?? '') : '',
    waiting === undefined ? '' : `${waiting.name}: ${waiting.state!.waiting!.message}`,
    ended === undefined ? '' : `${ended.name} ${containerState(ended, now).last}`,
  ]
  return clip(parts.filter((part) => part !== '').join('; '), 400)
}
