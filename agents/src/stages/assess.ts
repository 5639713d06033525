import { assess as judge } from '@kubevigil/core/assess'
import type { Assessment } from '@kubevigil/core/assessment'
import { decideAll } from '@kubevigil/core/decide'
import { Policy } from '@kubevigil/core/policy'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { readServicesFile } from '@kubevigil/mcp-kit/services-file'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { AssessmentPage, type AssessmentAnswer, type HealthAnswer } from '../answers.ts'
import { graver, type Raise } from '../rails/severity.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

/** The operator's files, by the paths their variables hold. */
export interface OperatorFiles {
  services: string | undefined
  policy: string | undefined
}

/**
 * Severity and decision come from session-memory, which holds history, catalog and policy. When it is away the same rules judge
 * without history: everything looks new (Slack keeps one message an incident all the same) and nothing is resolved.
 * @throws UserError when a file of the operator's is not valid, which is why memory would not start either
 */
export async function assess(
  servers: Servers,
  health: HealthAnswer,
  files: OperatorFiles,
  signal: AbortSignal,
  now: number,
): Promise<AssessmentAnswer> {
  try {
    return await askMemory(servers, health, [], signal)
  } catch (error) {
    signal.throwIfAborted()
    const problem = `Memory is away, so nothing is resolved and no history counts: ${describeError(error)}`
    return { assessments: withoutMemory(health, files, now), resolved: [], warnings: [problem] }
  }
}

/** Judges again after a model has asked for graver severities. Whatever comes of it, nothing becomes milder and nothing is lost. */
export async function raise(
  servers: Servers,
  health: HealthAnswer,
  before: AssessmentAnswer,
  wished: readonly Raise[],
  signal: AbortSignal,
): Promise<AssessmentAnswer> {
  if (wished.length === 0) return before
  try {
    const after = await askMemory(servers, health, wished, signal)
    return { ...before, assessments: graver(before.assessments, after.assessments) }
  } catch (error) {
    signal.throwIfAborted()
    const problem = `A severity was not raised, though the model asked for it: ${describeError(error)}`
    return { ...before, warnings: [...before.warnings, problem] }
  }
}

/** All pages of one assessment; only the first speaks of what is over and warns. */
async function askMemory(
  servers: Servers,
  { cluster, coverage, incidents }: HealthAnswer,
  wished: readonly Raise[],
  signal: AbortSignal,
): Promise<AssessmentAnswer> {
  const args = { cluster, coverage, incidents, ...(wished.length === 0 ? {} : { raise: wished }) }
  const ask = (cursor: number) =>
    callTool(servers, 'session-memory', 'assess_incidents', { ...args, cursor }, AssessmentPage, signal)
  const { nextCursor, ...answer } = await ask(0)
  const assessments = [...answer.assessments]
  for (let next = nextCursor; next !== null;) {
    const page = await ask(next)
    assessments.push(...page.assessments)
    // A page that does not lead on ends it: asking again would never end.
    next = page.nextCursor !== null && page.nextCursor > next ? page.nextCursor : null
  }
  return { ...answer, assessments }
}

function withoutMemory(
  { cluster, coverage, incidents }: HealthAnswer,
  files: OperatorFiles,
  now: number,
): Assessment[] {
  const hasCatalog = files.services !== undefined && files.services !== ''
  const catalog = hasCatalog ? readServicesFile(files.services!) : { services: [] }
  const policy = files.policy ? readYamlFile(files.policy, Policy, 'KUBEVIGIL_POLICY') : Policy.parse({})
  const input = { cluster, incidents, coverage, catalog, hasCatalog, policy, history: { incidents: [] } }
  return decideAll({ ...input, assessed: judge(input, now), handlings: new Map(), over: new Set() }, now)
}
