import { assess as judge } from '@kubevigil/core/assess'
import { decide } from '@kubevigil/core/decide'
import { Policy, ServiceCatalog } from '@kubevigil/core/policy'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { readYamlFile } from '@kubevigil/mcp-kit/yaml-file'
import { AssessmentAnswer, type HealthAnswer } from '../answers.ts'
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
  const { cluster, coverage, incidents } = health
  try {
    const args = { cluster, coverage, incidents }
    return await callTool(servers, 'session-memory', 'assess_incidents', args, AssessmentAnswer, signal)
  } catch (error) {
    signal.throwIfAborted()
    const problem = `Memory is away, so nothing is resolved and no history counts: ${describeError(error)}`
    return { assessments: withoutMemory(health, files, now), resolved: [], warnings: [problem] }
  }
}

function withoutMemory({ cluster, coverage, incidents }: HealthAnswer, files: OperatorFiles, now: number) {
  const hasCatalog = files.services !== undefined && files.services !== ''
  const catalog = hasCatalog
    ? readYamlFile(files.services!, ServiceCatalog, 'KUBEVIGIL_SERVICES')
    : ServiceCatalog.parse({})
  const policy = files.policy ? readYamlFile(files.policy, Policy, 'KUBEVIGIL_POLICY') : Policy.parse({})
  const history = { incidents: [] }
  const assessed = judge({ cluster, incidents, coverage, catalog, hasCatalog, policy, history }, now)
  return assessed.map((one, index) => ({ ...one, decision: decide(one, incidents[index]!.root, history, policy, now) }))
}
