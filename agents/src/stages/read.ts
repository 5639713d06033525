import type { Assessment } from '@kubevigil/core/assessment'
import { describeError } from '@kubevigil/mcp-kit/errors'
import type { AssessmentAnswer, HealthAnswer } from '../answers.ts'
import { EngineFailure, noUsage, silentReading, type Changed, type Engine, type Reading } from '../engines/engine.ts'
import type { Servers } from '../servers.ts'
import type { Correlated } from './correlate.ts'

/** Incidents an engine reads in one cycle, worst first: in a storm the worst explain the rest. */
const most = 8

const changes = new Set(['new', 'escalated', 'reopened'])

/**
 * Lets the engine read what changed. Without a change no model is asked, and what goes wrong with one costs its words and nothing
 * else: the cycle goes on with what the rules decided.
 */
export async function read(
  servers: Servers,
  engine: Engine,
  health: HealthAnswer,
  assessed: AssessmentAnswer,
  correlated: Correlated,
  context: string | undefined,
  signal: AbortSignal,
): Promise<Reading> {
  if (engine.name === 'rules') return silentReading('rules', engine.chosen)
  const changed = changedOf(health, assessed, correlated)
  if (changed.length === 0) return silentReading(engine.name, 'nothing changed, so no model was asked')
  const { cluster, takenAt } = health
  try {
    const reading = await engine.read({ servers, cluster, takenAt, context, changed: changed.slice(0, most), signal })
    return changed.length <= most
      ? reading
      : { ...reading, note: `read the worst ${most} of ${changed.length} changes` }
  } catch (error) {
    signal.throwIfAborted()
    const [cause, usage] = error instanceof EngineFailure ? [error.cause, error.usage] : [error, noUsage]
    return silentReading('rules', `${engine.name} could not help: ${describeError(cause)}`, usage)
  }
}

/** What is new, worse, back, or about to have its own message. Known behaviour, SEV-4 and what another message covers is not. */
function changedOf(health: HealthAnswer, { assessments }: AssessmentAnswer, correlated: Correlated): Changed[] {
  const incidents = new Map(health.incidents.map((incident) => [incident.fingerprint, incident]))
  return assessments.filter(hasChanged).flatMap((assessment) => {
    const incident = incidents.get(assessment.fingerprint)
    return incident === undefined
      ? []
      : [{ incident, assessment, correlation: correlated.answers.get(assessment.fingerprint) }]
  })
}

function hasChanged({ state, sev, known, decision }: Assessment): boolean {
  if (known !== null || sev === 'SEV-4' || decision.coveredBy !== null) return false
  return changes.has(state) || (decision.notify && decision.form === 'full')
}
