import { HealthAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

/**
 * Observe, detect and group happen inside the kubernetes server: a snapshot never travels.
 * An unreachable cluster is an answer; a kubeconfig that cannot be used is an error.
 */
export async function observe(
  servers: Servers,
  context: string | undefined,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const args = { limit: 50, ...(context === undefined ? {} : { context }) }
  const health = await callTool(servers, 'kubernetes', 'check_cluster_health', args, HealthAnswer, signal)
  const { omitted, coverage } = health
  if (omitted.incidents === 0) return health
  // What was found and not listed must not be taken for what is over.
  const detail = `${omitted.incidents} more were found and not listed`
  return { ...health, coverage: [...coverage, { source: 'incidents', status: 'partial', detail }] }
}
