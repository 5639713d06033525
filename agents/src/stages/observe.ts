import { HealthAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

/** Observe, detect and group happen inside the kubernetes server: a snapshot never travels. An unreachable cluster is an answer, a bad kubeconfig an error. */
export async function observe(
  servers: Servers,
  context: string | undefined,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  return callTool(
    servers,
    'kubernetes',
    'check_cluster_health',
    { limit: 50, ...(context === undefined ? {} : { context }) },
    HealthAnswer,
    signal,
  )
}
