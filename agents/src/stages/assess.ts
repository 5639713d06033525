import { AssessmentAnswer, type HealthAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

/** Severity and decision come from session-memory, which holds history, catalog and policy. */
export async function assess(servers: Servers, health: HealthAnswer, signal: AbortSignal): Promise<AssessmentAnswer> {
  const { cluster, coverage, incidents } = health
  return callTool(
    servers,
    'session-memory',
    'assess_incidents',
    { cluster, coverage, incidents },
    AssessmentAnswer,
    signal,
  )
}
