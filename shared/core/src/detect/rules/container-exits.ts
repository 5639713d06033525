import type { Pod } from '../../kubernetes.ts'
import { hour, toInstant } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { exitMeaning, exitOf, firstSeen, podEvents, type Exit, type ExitCause } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { dependenciesOf } from '../hosts.ts'
import { policiesToBlame } from '../network-policies.ts'
import { containersOf, livePods, onset, unreadySince, type ContainerView } from '../pods.ts'
import { probePortLine } from '../probes.ts'
import { targetFaultLines } from '../service-targets.ts'
import { inNamespace, quote } from '../text.ts'

/**
 * One crash can be a start in the wrong order; from the second on it is a loop (Robusta: restartCount >= 2). Back-off begins only
 * after the second, whatever the count says.
 */
const crashesToCount = 2
/** An out-of-memory kill is remembered this long while the container runs on (detection facts: decay of 1 h). */
const oomMemory = hour

/** Containers that ended and will again: out of memory, not startable, killed by a probe, or crashing. */
export const containerExits: Rule = {
  codes: [
    'POD_OOM_KILLED',
    'POD_START_ERROR',
    'POD_LIVENESS_FAILED',
    'POD_STARTUP_FAILED',
    'POD_INIT_FAILED',
    'POD_CRASH_LOOP',
  ],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context).flatMap((pod) =>
        containersOf(pod).flatMap((container) => {
          const exit = exitOf(context, pod, container)
          return exit !== undefined && counts(context, container, exit) ? [faultOf(context, pod, container, exit)] : []
        }),
      ),
    ),
}

/** Whether a container's last end is a fault worth a finding; readiness leaves such a container to this rule. */
export function hasExitFault(context: DetectContext, pod: Pod, container: ContainerView): boolean {
  const exit = exitOf(context, pod, container)
  return exit !== undefined && counts(context, container, exit)
}

function counts(context: DetectContext, { status }: ContainerView, { cause, at, looping }: Exit): boolean {
  if (cause === 'oom') return looping || (at !== undefined && context.now - at < oomMemory)
  if (!looping) return false
  const backOff = status.state?.waiting?.reason === 'CrashLoopBackOff'
  return cause === 'start' || backOff || (status.restartCount ?? 0) >= crashesToCount
}

function faultOf(context: DetectContext, pod: Pod, container: ContainerView, exit: Exit): PodFault {
  const { name, status, role } = container
  const { terminated } = exit
  const events = podEvents(context, pod)
  const running = status.state?.running !== undefined && status.ready === true
  const newest = events.findLast(({ reason }) => reason === 'BackOff' || reason === 'Failed' || reason === 'Unhealthy')
  const words = wordsOf(container, exit)
  const dependsOn = words.depends ? dependenciesOf(context, pod) : []
  const causedBy = words.depends ? policiesToBlame(context, pod) : []
  return {
    pod,
    rule: words.rule,
    container: name,
    ...(running ? { severity: 'warning' as const } : {}),
    fault: `${role === 'init' ? 'init container' : 'container'} ${name} ${words.fault}`,
    since: onset(pod, [firstSeen(events, ['BackOff', 'Failed', 'Unhealthy']), unreadySince(pod), exit.at]),
    evidence: [
      `${name}: ${status.restartCount ?? 0} restarts, now ${stateOf(container)}`,
      terminated !== undefined &&
        `Last end: exit ${terminated.exitCode ?? '?'} (${terminated.reason ?? 'no reason'})${exit.at === undefined ? '' : ` at ${toInstant(exit.at)}`}`,
      exit.text !== undefined && quote(exit.text),
      (exit.cause === 'liveness' || exit.cause === 'startup') &&
        probePortLine(container.spec, container.spec?.[`${exit.cause}Probe`]),
      exit.cause === 'oom' && `Memory: ${memoryOf(container)}`,
      ...(words.depends ? targetFaultLines(context, context.ownerOf(pod), pod.spec) : []),
      newest?.message !== undefined && `${newest.reason}: ${quote(newest.message)}`,
    ],
    causes: words.causes,
    nextSteps: [
      `kubectl ${inNamespace(pod.metadata.namespace)}logs ${pod.metadata.name} -c ${name}${(status.restartCount ?? 0) > 0 ? ' --previous' : ''} --tail=100`,
      `kubectl ${inNamespace(pod.metadata.namespace)}describe pod ${pod.metadata.name}`,
    ],
    links: { dependsOn, causedBy },
  }
}

interface Words {
  rule: string
  fault: string
  causes: string[]
  /** A dependency that is down can bring it about. */
  depends: boolean
}

function wordsOf({ spec, role }: ContainerView, { cause, terminated }: Exit): Words {
  const limit = spec?.resources?.limits?.['memory']
  const code = terminated?.exitCode
  const crash: Words = {
    rule: role === 'init' ? 'POD_INIT_FAILED' : 'POD_CRASH_LOOP',
    fault: `crashes${code === undefined ? '' : ` with exit code ${code}`}`,
    causes: [
      code === undefined ? 'It ends soon after its start' : exitMeaning(code),
      'Configuration it needs is missing or wrong',
      'Something it depends on at start does not answer',
    ],
    depends: true,
  }
  const others: Record<Exclude<ExitCause, 'crash'>, Words> = {
    oom: {
      rule: 'POD_OOM_KILLED',
      fault: `is OOM-killed${limit === undefined ? ' (it has no memory limit)' : ` (limit ${limit})`}`,
      causes:
        limit === undefined
          ? ['The node ran out of memory', 'A memory leak']
          : [
              'The memory limit is below what it needs',
              'A memory leak or a load peak',
              'A runtime that ignores the container limit',
            ],
      depends: false,
    },
    start: {
      rule: 'POD_START_ERROR',
      fault: 'cannot be started',
      causes: [
        'The command or its path is wrong for this image',
        'The image is for another architecture',
        'The file is not executable',
      ],
      depends: false,
    },
    liveness: {
      rule: 'POD_LIVENESS_FAILED',
      fault: 'is restarted by its liveness probe',
      causes: [
        'It hangs or is too slow under load',
        "The probe's timeout or threshold is too tight",
        'The probe asks the wrong path or port',
      ],
      depends: true,
    },
    startup: {
      rule: 'POD_STARTUP_FAILED',
      fault: 'is restarted because its startup probe never succeeds',
      causes: [
        'It starts slower than the probe allows',
        'It waits for something at start',
        'The probe asks the wrong path or port',
      ],
      depends: true,
    },
  }
  return cause === 'crash' ? crash : others[cause]
}

function stateOf({ status }: ContainerView): string {
  const { waiting, running, terminated } = status.state ?? {}
  if (waiting !== undefined) return `waiting (${waiting.reason ?? 'no reason'})`
  if (terminated !== undefined) return `ended (${terminated.reason ?? 'no reason'})`
  if (running === undefined) return 'in an unknown state'
  return status.ready === true ? 'running and ready' : 'running, not ready'
}

function memoryOf({ spec }: ContainerView): string {
  const { requests, limits } = spec?.resources ?? {}
  return `request ${requests?.['memory'] ?? 'none'}, limit ${limits?.['memory'] ?? 'none'}`
}
