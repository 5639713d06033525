import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Delivery } from '@kubevigil/core/notification'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { DeliveryAnswer, type AssessmentAnswer, type HealthAnswer } from '../answers.ts'
import type { Reading } from '../engines/engine.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'
import type { Correlated } from './correlate.ts'
import { tellTogether } from './digest.ts'
import { toNotification } from './words.ts'

export interface Notified {
  /** By incident fingerprint. */
  deliveries: ReadonlyMap<string, Delivery>
  /** Sentences about what could not be handed over. */
  failures: string[]
}

/** What a dry run comes to. */
export const nothingSent: Notified = { deliveries: new Map(), failures: [] }

/** An incident that is to be told, with its judgement. */
export interface Told {
  incident: Incident
  assessment: Assessment
}

/**
 * Hands what was decided to Slack, one after the other: incidents with a message of their own, worst first, then digests, then
 * what is over. No failure of one stops the next.
 */
export async function notify(
  servers: Servers,
  health: HealthAnswer,
  assessed: AssessmentAnswer,
  correlated: Correlated,
  reading: Reading,
  signal: AbortSignal,
): Promise<Notified> {
  const { cluster, takenAt } = health
  const deliveries = new Map<string, Delivery>()
  const failures: string[] = []
  const attempt = async (what: string, hand: () => Promise<void>): Promise<void> => {
    try {
      await hand()
    } catch (error) {
      failures.push(`${what}: ${describeError(error)}`)
    }
  }
  const deliver = (fingerprint: string, tool: string, args: object): Promise<void> =>
    attempt(`${tool} for ${fingerprint}`, async () => {
      deliveries.set(fingerprint, await callTool(servers, 'slack', tool, args, DeliveryAnswer, signal))
    })
  const { alone, together } = toldOf(health, assessed)
  for (const { incident, assessment } of alone) {
    const { fingerprint } = incident
    const covers = assessed.assessments.filter((one) => one.decision.coveredBy === fingerprint).length
    const correlation = correlated.answers.get(fingerprint)
    const remark = reading.remarks.get(fingerprint)
    const facts = { cluster, incident, assessment, correlation, remark, covers }
    await deliver(fingerprint, 'notify_incident', toNotification(facts))
  }
  for (const [channel, members] of Map.groupBy(together, ({ assessment }) => assessment.decision.channel ?? '')) {
    await attempt(`notify_digest for ${channel}`, async () => {
      for (const [fingerprint, delivery] of await tellTogether(servers, cluster, channel, members, signal))
        deliveries.set(fingerprint, delivery)
    })
  }
  for (const { fingerprint } of assessed.resolved) {
    const end = { fingerprint, resolvedAt: takenAt, note: 'The cluster no longer shows the fault.' }
    await deliver(fingerprint, 'resolve_incident', end)
  }
  return { deliveries, failures }
}

/** What is to be told, by whether it has its own message. */
function toldOf(health: HealthAnswer, { assessments }: AssessmentAnswer): { alone: Told[]; together: Told[] } {
  const incidents = new Map(health.incidents.map((incident) => [incident.fingerprint, incident]))
  const told = assessments.flatMap((assessment) => {
    const incident = incidents.get(assessment.fingerprint)
    return assessment.decision.notify && incident !== undefined ? [{ incident, assessment }] : []
  })
  const isDigest = ({ assessment }: Told): boolean => assessment.decision.form === 'digest'
  return { alone: told.filter((one) => !isDigest(one)), together: told.filter(isDigest) }
}
