import type { Container, ContainerStatus, Pod } from '@kubevigil/core/kubernetes'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { safeText } from './text.ts'

const defaultContainer = 'kubectl.kubernetes.io/default-container'

export interface ContainerChoice {
  container: string
  /** The pod's other containers, init ones included. */
  others: string[]
}

/** The container to read: the asked one, else the one the pod's annotation names, else the first. @throws UserError with the names there are */
export function chooseContainer(pod: Pod, asked: string | undefined): ContainerChoice {
  const spec = pod.spec as Pod['spec'] & { ephemeralContainers?: Container[] }
  const main = (spec.containers ?? []).map(({ name }) => name)
  const all = [
    ...main,
    ...[...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(({ name }) => name),
  ]
  const annotated = pod.metadata.annotations?.[defaultContainer]
  const container = asked || (annotated !== undefined && main.includes(annotated) ? annotated : main[0])
  if (container === undefined || !all.includes(container)) {
    throw new UserError(
      'container-unknown',
      `Pod "${pod.metadata.name}" has no container "${(container ?? '').slice(0, 80)}".`,
      `It has: ${all.join(', ')}.`,
    )
  }
  return { container, others: all.filter((name) => name !== container) }
}

/** What the state of a container means for its log. */
export interface LogOutlook {
  /** Whether there is a log to ask for. */
  readable: boolean
  /** Why not, or what the reader should know of the log; empty when there is nothing to say. */
  note: string
}

/**
 * Tells from a pod's status whether a container's log exists, as the kubelet decides it (validateContainerLogStatus): a container
 * that waits after a run gives the log of that run; one that never ran gives none.
 */
export function logOutlook(pod: Pod, container: string, previous: boolean): LogOutlook {
  const status = statusOf(pod, container)
  if (!pod.spec.nodeName)
    return unreadable(
      `Pod "${pod.metadata.name}" is not scheduled to a node yet: it has no log; explain_scheduling tells why.`,
    )
  // Without a status only the node knows: ask it.
  if (status === undefined) return { readable: true, note: '' }
  const ended = status.lastState?.terminated
  const run = ended === undefined ? '' : endOf(ended)
  if (previous) {
    if (ended !== undefined) return { readable: true, note: `The run before ended${run}.` }
    return unreadable(`Container "${container}" has not restarted: it has no previous log. Ask with previous=false.`)
  }
  const waiting = status.state?.waiting
  if (waiting === undefined || status.state?.running !== undefined) {
    const restarts = status.restartCount ?? 0
    const note =
      restarts > 0 && ended !== undefined
        ? `Restarted ${restarts} times, the run before ended${run}: previous=true shows it.`
        : ''
    return { readable: true, note }
  }
  const reason = safeText([waiting.reason, waiting.message].filter(Boolean).join(': ') || 'no reason given', 300)
  if (ended !== undefined) {
    return {
      readable: true,
      note: `Waits (${reason}). This is the log of its last run, which ended${run}; previous=true shows the one kept as previous.`,
    }
  }
  return unreadable(
    `Container "${container}" waits (${reason}): it has never run, so that there is no log, with previous=true neither.${initHint(pod)} list_events tells more.`,
  )
}

function unreadable(note: string): LogOutlook {
  return { readable: false, note }
}

function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  const ephemeral = (status as Pod['status'] & { ephemeralContainerStatuses?: ContainerStatus[] })
    .ephemeralContainerStatuses
  return [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []), ...(ephemeral ?? [])].find(
    ({ name }) => name === container,
  )
}

function endOf({
  exitCode,
  reason,
  finishedAt,
}: NonNullable<NonNullable<ContainerStatus['lastState']>['terminated']>): string {
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`
  return `${code}${reason ? ` (${safeText(reason, 60)})` : ''}${finishedAt ? ` at ${safeText(finishedAt, 40)}` : ''}`
}

/** While init containers run, the others wait: the log of the one that is stuck is the one to read. */
function initHint({ status }: Pod): string {
  const stuck = (status.initContainerStatuses ?? []).find(
    ({ state, ready }) => ready !== true && (state?.terminated?.exitCode ?? 1) !== 0,
  )
  if (stuck === undefined) return ''
  const previous = stuck.lastState?.terminated === undefined ? '' : ', previous=true for its run before'
  return ` The pod is at its init container: ask with container=${stuck.name}${previous}.`
}
