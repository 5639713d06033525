import { describeError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import type { AssessmentAnswer, HealthAnswer } from '../answers.ts'
import type { Reading } from '../engines/engine.ts'
import type { CycleReport } from '../report.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'
import type { Correlated } from './correlate.ts'
import type { Notified } from './notify.ts'

export interface CycleFacts {
  health: HealthAnswer
  correlated: Correlated
  assessed: AssessmentAnswer
  reading: Reading
  notified: Notified
}

const Recorded = z.object({ recorded: z.boolean() })

/** Records the cycle once under its name. Gives the warnings of a memory that could not take it. */
export async function remember(
  servers: Servers,
  report: CycleReport,
  { health, correlated, assessed, reading, notified }: CycleFacts,
  signal: AbortSignal,
): Promise<string[]> {
  const { cycle: key, cluster, engine, startedAt, durationMs, status, coverage } = report
  const { models, ...total } = reading.usage
  const usage = models.length === 0 ? total : { ...total, models }
  const session = reading.session === null ? {} : { session: reading.session }
  const assessments = new Map(assessed.assessments.map((assessment) => [assessment.fingerprint, assessment]))
  const incidents = health.incidents.flatMap((incident) => {
    const assessment = assessments.get(incident.fingerprint)
    if (assessment === undefined) return []
    const suspect = correlated.answers.get(incident.fingerprint)?.suspects[0]
    const correlation =
      suspect === undefined
        ? null
        : {
            repository: suspect.repository,
            sha: suspect.sha,
            url: suspect.url,
            score: suspect.score,
            confidence: suspect.confidence,
          }
    return [{ incident, assessment, correlation, delivery: notified.deliveries.get(incident.fingerprint) ?? null }]
  })
  const resolved = assessed.resolved.map((incident) => incident.fingerprint)
  try {
    await callTool(
      servers,
      'session-memory',
      'record_cycle',
      { key, cluster, engine, startedAt, durationMs, status, coverage, incidents, resolved, usage, ...session },
      Recorded,
      signal,
    )
    return []
  } catch (error) {
    return [`The cycle is not remembered: ${describeError(error)}`]
  }
}
