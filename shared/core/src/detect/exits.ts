import { eventTimes, type ContainerStateTerminated, type KubernetesEvent, type Pod } from '../kubernetes.ts'
import { minute, toMillis } from '../time.ts'
import { lastSeen, type DetectContext } from './context.ts'
import type { ContainerView } from './pods.ts'

/** kubelet forgets the back-off of a container that ran this long (kuberuntime, 2 × the longest back-off). Shorter runs are a loop. */
const shortRun = 10 * minute
/** Between back-offs a container still counts as looping this long after its last end (Robusta `had_recent_crash`). */
const loopWindow = 15 * minute
/** A probe's failure this long before the end, or later, belongs to it: the event is counted up before the kill. */
const probeBeforeEnd = 5 * minute

export type ExitCause = 'oom' | 'start' | 'liveness' | 'startup' | 'crash'

/** How a container last ended, classified by cause and not by the state of the minute, which alternates in every loop. */
export interface Exit {
  cause: ExitCause
  terminated: ContainerStateTerminated | undefined
  /** When it ended, in milliseconds. */
  at: number | undefined
  /** It is down now, in back-off, or was so lately that it will be again. */
  looping: boolean
  /** Text of the runtime or probe that explains it. */
  text: string | undefined
}

const startReasons = new Set([
  'StartError',
  'ContainerCannotRun',
  'RunContainerError',
  'PreStartHookError',
  'PostStartHookError',
])
const startText =
  /executable file not found|no such file or directory|permission denied|exec format error|exec user process|unable to start container process/i
/** 126 not executable, 127 not found, 128 the runtime could not start it. */
const startCodes = new Set([126, 127, 128])
/** What SIGTERM and SIGKILL leave behind: the exits a probe's kill can have. */
const killCodes = new Set([0, 137, 143])

/** The last end of a container, or undefined when it never ended or ended well. */
export function exitOf(context: DetectContext, pod: Pod, { name, status, role }: ContainerView): Exit | undefined {
  const { state, lastState } = status
  const waiting = state?.waiting?.reason
  const inBackOff = waiting === 'CrashLoopBackOff' || (waiting !== undefined && startReasons.has(waiting))
  if (role === 'init' && state?.terminated?.exitCode === 0) return undefined
  const terminated = state?.terminated ?? lastState?.terminated
  if (terminated === undefined && !inBackOff) return undefined

  const at = toMillis(terminated?.finishedAt)
  const ran = at === undefined ? Infinity : at - (toMillis(terminated?.startedAt) ?? -Infinity)
  const recent = at !== undefined && context.now - at < loopWindow
  // One that waits for something else (an image, a Secret) is down for that, whatever ended it before.
  const between = waiting === undefined && recent && (ran < shortRun || isStart(terminated))
  const looping = inBackOff || state?.terminated !== undefined || between
  const base = { terminated, at, looping }

  if (terminated?.reason === 'OOMKilled' || lastState?.terminated?.reason === 'OOMKilled') {
    return { ...base, cause: 'oom', text: terminated?.message }
  }
  if ((waiting !== undefined && startReasons.has(waiting)) || isStart(terminated)) {
    return { ...base, cause: 'start', text: state?.waiting?.message ?? terminated?.message }
  }
  if (terminated !== undefined && killCodes.has(terminated.exitCode ?? -1)) {
    for (const [cause, probe] of [
      ['liveness', 'Liveness'],
      ['startup', 'Startup'],
    ] as const) {
      const event = probeEvent(context, pod, name, probe)
      if (event !== undefined && lastSeen(event) >= (at ?? 0) - probeBeforeEnd)
        return { ...base, cause, text: event.message }
    }
  }
  return { ...base, cause: 'crash', text: terminated?.message }
}

function isStart(terminated: ContainerStateTerminated | undefined): boolean {
  if (terminated === undefined) return false
  if (startReasons.has(terminated.reason ?? '')) return true
  return startCodes.has(terminated.exitCode ?? 0) && startText.test(terminated.message ?? '')
}

/** The newest event of a failing probe of one container. */
export function probeEvent(
  context: DetectContext,
  pod: Pod,
  container: string,
  probe: 'Liveness' | 'Readiness' | 'Startup',
): KubernetesEvent | undefined {
  return podEvents(context, pod).findLast(
    (event) =>
      event.reason === 'Unhealthy' &&
      (event.message ?? '').toLowerCase().startsWith(`${probe.toLowerCase()} probe`) &&
      (event.involvedObject.fieldPath === undefined || event.involvedObject.fieldPath.includes(`{${container}}`)),
  )
}

/** Events about a pod, oldest sighting first. */
export function podEvents(context: DetectContext, { metadata }: Pod): readonly KubernetesEvent[] {
  return context.eventsOf({ kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name }, metadata.uid)
}

/** First sighting of any of some event reasons, in milliseconds. */
export function firstSeen(events: readonly KubernetesEvent[], reasons: readonly string[]): number | undefined {
  const moments = events
    .filter(({ reason }) => reasons.includes(reason ?? ''))
    .map((event) => toMillis(eventTimes(event).first))
    .filter((moment) => moment !== undefined)
  return moments.length === 0 ? undefined : Math.min(...moments)
}

/** What an exit code usually means (bash and Docker conventions: 128 + signal). */
export function exitMeaning(code: number): string {
  const meanings: Record<number, string> = {
    0: 'it ended by itself as if its work were done: a wrong command, or it should be a Job',
    126: 'the command is not executable',
    127: 'the command was not found',
    134: 'it aborted (SIGABRT)',
    137: 'it was killed (SIGKILL)',
    139: 'it crashed on memory it may not touch (SIGSEGV)',
    143: 'it was asked to stop (SIGTERM)',
  }
  return meanings[code] ?? 'the program ended with an error of its own'
}
