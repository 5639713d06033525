import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Delivery } from '@kubevigil/core/notification'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { DeliveryAnswer, type AssessmentAnswer, type CorrelationAnswer, type HealthAnswer } from '../answers.ts'
import type { Engine } from '../engines/engine.ts'
import type { Servers } from '../servers.ts'
import type { Correlated } from './correlate.ts'
import { callTool } from './call.ts'

export interface Notified {
  /** By incident fingerprint. */
  deliveries: ReadonlyMap<string, Delivery>
  /** Sentences about what could not be handed over. */
  failures: string[]
}

/** What a dry run comes to. */
export const nothingSent: Notified = { deliveries: new Map(), failures: [] }

/** Hands every decided notification and every resolution to Slack, one after the other, worst first. No failure of one stops the next. */
export async function notify(
  servers: Servers,
  engine: Engine,
  health: HealthAnswer,
  assessed: AssessmentAnswer,
  correlated: Correlated,
  signal: AbortSignal,
): Promise<Notified> {
  const deliveries = new Map<string, Delivery>()
  const failures: string[] = []
  const deliver = async (fingerprint: string, tool: string, args: object): Promise<void> => {
    try {
      deliveries.set(fingerprint, await callTool(servers, 'slack', tool, args, DeliveryAnswer, signal))
    } catch (error) {
      failures.push(`${tool} for ${fingerprint}: ${describeError(error)}`)
    }
  }
  for (const { incident, assessment, correlation } of decided(health, assessed, correlated)) {
    await deliver(
      incident.fingerprint,
      'notify_incident',
      engine.compose({ cluster: health.cluster, incident, assessment, correlation }),
    )
  }
  for (const { fingerprint } of assessed.resolved) {
    await deliver(fingerprint, 'resolve_incident', {
      fingerprint,
      resolvedAt: health.takenAt,
      note: 'The cluster no longer shows the fault.',
    })
  }
  return { deliveries, failures }
}

function decided(
  health: HealthAnswer,
  assessed: AssessmentAnswer,
  correlated: Correlated,
): { incident: Incident; assessment: Assessment; correlation: CorrelationAnswer | undefined }[] {
  const incidents = new Map(health.incidents.map((incident) => [incident.fingerprint, incident]))
  return assessed.assessments.flatMap((assessment) => {
    const incident = incidents.get(assessment.fingerprint)
    if (!assessment.decision.notify || incident === undefined) return []
    return [{ incident, assessment, correlation: correlated.answers.get(assessment.fingerprint) }]
  })
}
