import type { ContainerState, Pod, PodSpec, Probe } from '../../kubernetes.ts'
import { conditionOf } from '../../kubernetes.ts'
import { minute, second, toMillis } from '../../time.ts'
import { onLostNode, type DetectContext, type Rule } from '../context.ts'
import { probeEvent } from '../exits.ts'
import { findingsByOwner, type PodFault } from '../finding.ts'
import { dependenciesOf } from '../hosts.ts'
import { onLeavingNode } from '../leaving.ts'
import { policiesToBlame } from '../network-policies.ts'
import { containersOf, createdAt, livePods, onset, unreadySince, type ContainerView } from '../pods.ts'
import { probePortLine } from '../probes.ts'
import { targetFaultLines } from '../service-targets.ts'
import { inNamespace, quote } from '../text.ts'
import { hasExitFault } from './container-exits.ts'

/** Shortest wait before not being ready is a fault: rollouts and short hiccups pass within it. */
const leastPatience = 2 * minute
/** Defaults of a probe: period 10 s, failureThreshold 3 (core/v1 Probe). */
const defaults = { periodSeconds: 10, failureThreshold: 3 }

/** Containers that run but do not become ready, or do not finish starting, within what their own probes allow. */
export const readiness: Rule = {
  codes: ['POD_NOT_READY', 'POD_STARTUP_FAILED'],
  detect: (context) =>
    findingsByOwner(
      context,
      livePods(context)
        .filter((pod) => pod.status.phase === 'Running' && !onLeavingNode(context, pod))
        .flatMap((pod) => [
          ...containersOf(pod)
            .filter(({ role, status }) => role !== 'init' && isRunning(status.state) && status.ready !== true)
            .filter((container) => !hasExitFault(context, pod, container))
            .flatMap((container) =>
              (container.status.started === false ? notStarted : notReady)(context, pod, container),
            ),
          ...gateClosed(context, pod),
        ]),
    ),
}

/** A container of a running pod that says nothing of its state is not known to be anything else. */
function isRunning(state: ContainerState | undefined): boolean {
  return state?.running !== undefined || (state?.waiting === undefined && state?.terminated === undefined)
}

function notStarted(context: DetectContext, pod: Pod, { name, spec, status }: ContainerView): PodFault[] {
  const started = toMillis(status.state?.running?.startedAt)
  const budget = budgetOf(spec?.startupProbe)
  if (started === undefined || context.now - started < Math.max(budget, leastPatience)) return []
  const event = probeEvent(context, pod, name, 'Startup')
  return [
    {
      pod,
      rule: 'POD_STARTUP_FAILED',
      container: name,
      fault: `container ${name} does not finish starting within its startup budget`,
      since: onset(pod, [started]),
      evidence: [
        `${name}: running since ${status.state?.running?.startedAt}, not started; its probe allows ${Math.round(budget / second)}s`,
        event !== undefined && quote(event.message),
        probePortLine(spec, spec?.startupProbe),
        ...targetFaultLines(context, context.ownerOf(pod), pod.spec),
      ],
      causes: [
        'It starts slower than the startup probe allows',
        'It waits for something at start',
        'The probe asks the wrong path or port',
      ],
      nextSteps: logsAndDescribe(pod, name),
      links: { dependsOn: dependenciesOf(context, pod), causedBy: policiesToBlame(context, pod) },
    },
  ]
}

function notReady(context: DetectContext, pod: Pod, { name, spec, status }: ContainerView): PodFault[] {
  const known = Math.max(unreadySince(pod) ?? 0, toMillis(status.state?.running?.startedAt) ?? 0)
  const since = known === 0 ? createdAt(pod) : known
  const budget = budgetOf(spec?.readinessProbe) + (spec?.startupProbe === undefined ? 0 : budgetOf(spec.startupProbe))
  if (context.now - since < Math.max(budget, leastPatience)) return []
  const event = probeEvent(context, pod, name, 'Readiness')
  return [
    {
      pod,
      rule: 'POD_NOT_READY',
      container: name,
      fault: `container ${name} runs but is not ready`,
      since: onset(pod, [unreadySince(pod) ?? since]),
      evidence: [
        `${name}: running, not ready since ${pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime}`,
        event !== undefined && quote(event.message),
        probeLine(spec?.readinessProbe),
        probePortLine(spec, spec?.readinessProbe),
        ...targetFaultLines(context, context.ownerOf(pod), pod.spec),
      ],
      causes: [
        'Something it depends on does not answer',
        'It is still loading or must be unlocked by hand',
        'The readiness probe asks the wrong path or port',
      ],
      nextSteps: logsAndDescribe(pod, name),
      links: { dependsOn: dependenciesOf(context, pod), causedBy: policiesToBlame(context, pod) },
    },
  ]
}

/** All containers are ready, but a readiness gate somebody else sets (a load balancer, say) is closed. */
function gateClosed(context: DetectContext, pod: Pod): PodFault[] {
  const ready = conditionOf(pod, 'Ready')
  const since = unreadySince(pod)
  if (ready?.reason !== 'ReadinessGatesNotReady' || since === undefined || onLostNode(context, pod)) return []
  if (context.now - since < leastPatience) return []
  return [
    {
      pod,
      rule: 'POD_NOT_READY',
      fault: 'containers are ready, but a readiness gate is closed',
      since: onset(pod, [since]),
      evidence: [quote(ready.message)],
      causes: ['The controller that opens the gate (a load balancer controller, say) is not working'],
      nextSteps: [`kubectl ${inNamespace(pod.metadata.namespace)}get pod ${pod.metadata.name} -o wide`],
    },
  ]
}

/** How long a probe may fail before it counts: initial delay plus period times threshold. */
export function budgetOf(probe: Probe | undefined): number {
  const {
    initialDelaySeconds = 0,
    periodSeconds = defaults.periodSeconds,
    failureThreshold = defaults.failureThreshold,
  } = probe ?? {}
  return (initialDelaySeconds + periodSeconds * failureThreshold) * second
}

/** How long the slowest container of a pod may take to become ready by its own probes. */
export function startBudgetOf(spec: PodSpec | undefined): number {
  const budgets = (spec?.containers ?? []).map(
    ({ startupProbe, readinessProbe }) =>
      (startupProbe === undefined ? 0 : budgetOf(startupProbe)) +
      (readinessProbe === undefined ? 0 : budgetOf(readinessProbe)),
  )
  return Math.max(0, ...budgets)
}

function probeLine(probe: Probe | undefined): string | false {
  const { httpGet, tcpSocket, exec, grpc } = probe ?? {}
  if (httpGet !== undefined) return `Readiness probe: HTTP ${httpGet.path ?? '/'} on port ${httpGet.port ?? '?'}`
  if (tcpSocket !== undefined) return `Readiness probe: TCP port ${tcpSocket.port ?? '?'}`
  if (grpc !== undefined) return `Readiness probe: gRPC port ${grpc.port ?? '?'}`
  return exec !== undefined && `Readiness probe: ${quote((exec.command ?? []).join(' '), 120)}`
}

function logsAndDescribe({ metadata }: Pod, container: string): string[] {
  return [
    `kubectl ${inNamespace(metadata.namespace)}logs ${metadata.name} -c ${container} --tail=100`,
    `kubectl ${inNamespace(metadata.namespace)}describe pod ${metadata.name}`,
  ]
}
