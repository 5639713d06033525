import type { Coverage } from '@kubevigil/core/observe'
import type { Incident } from '@kubevigil/core/incident'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { CorrelationAnswer, RolloutsAnswer, type HealthAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

export interface Correlated {
  /** By incident fingerprint. */
  answers: ReadonlyMap<string, CorrelationAnswer>
  coverage: Coverage
}

/** Kinds that are rolled out and so can have been broken by a change. */
const rolledOut = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])
/** Incidents worth the calls to a Git host in one cycle, worst first. */
const most = 5

/** Looks for the change behind each of the worst incidents: what the cluster rolled out, then what Git says of it. */
export async function correlate(
  servers: Servers,
  health: HealthAnswer,
  context: string | undefined,
  signal: AbortSignal,
): Promise<Correlated> {
  const candidates = health.incidents
    .filter((incident) => rolledOut.has(incident.root.kind) && incident.since !== null)
    .slice(0, most)
  const answers = new Map<string, CorrelationAnswer>()
  const problems: string[] = []
  await Promise.all(
    candidates.map(async (incident) => {
      try {
        const answer = await correlateOne(servers, incident, spreadOf(incident, health), context, signal)
        answers.set(incident.fingerprint, answer)
        problems.push(
          ...answer.coverage
            .filter((entry) => entry.status !== 'ok' && entry.status !== 'absent')
            .map((entry) => `${entry.source}: ${entry.detail}`),
        )
      } catch (error) {
        signal.throwIfAborted()
        problems.push(describeError(error))
      }
    }),
  )
  const detail = [...new Set(problems)].join(' ').slice(0, 500)
  if (candidates.length === 0)
    return { answers, coverage: { source: 'github', status: 'ok', detail: 'nothing to correlate' } }
  if (problems.length === 0) return { answers, coverage: { source: 'github', status: 'ok', detail: '' } }
  return { answers, coverage: { source: 'github', status: answers.size > 0 ? 'partial' : 'error', detail } }
}

async function correlateOne(
  servers: Servers,
  incident: Incident,
  spread: { spreadNamespaces: number; nodeWide: boolean },
  context: string | undefined,
  signal: AbortSignal,
): Promise<CorrelationAnswer> {
  const target = { ...incident.root, ...(context === undefined ? {} : { context }) }
  const { management, rollouts } = await callTool(
    servers,
    'kubernetes',
    'list_rollouts',
    target,
    RolloutsAnswer,
    signal,
  )
  return callTool(
    servers,
    'github',
    'correlate_incident',
    { ...incident.root, rule: incident.rule, onset: incident.since, management, rollouts, ...spread },
    CorrelationAnswer,
    signal,
  )
}

/** How wide an incident fails: what fails in many namespaces, or with its node, is seldom one application's change. */
function spreadOf({ root, node, members }: Incident, { incidents }: HealthAnswer) {
  const namespaces = new Set([root.namespace, ...members.examples.map((example) => example.split('/')[1] ?? '')])
  namespaces.delete('')
  return {
    spreadNamespaces: Math.max(1, namespaces.size),
    nodeWide: node !== undefined && incidents.some((other) => other.root.kind === 'Node' && other.root.name === node),
  }
}
