import { HealthAnswer } from '../answers.ts'
import type { Servers } from '../servers.ts'
import { callTool } from './call.ts'

/** Incidents one cycle takes on, worst first; as many as session-memory assesses at once. */
const mostIncidents = 100

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
  const ask = (more: object): Promise<HealthAnswer> =>
    callTool(servers, 'kubernetes', 'check_cluster_health', { ...args, ...more }, HealthAnswer, signal)
  let page = await ask({})
  const { coverage } = page
  const incidents = [...page.incidents]
  while (page.nextCursor !== null && incidents.length < mostIncidents) {
    page = await ask({ cursor: page.nextCursor })
    incidents.push(...page.incidents)
  }
  const left = page.omitted.incidents + Math.max(0, incidents.length - mostIncidents)
  const listed = { ...page, incidents: incidents.slice(0, mostIncidents) }
  if (left === 0) return { ...listed, coverage }
  // What was found and not listed must not be taken for what is over.
  const detail = `${left} more were found and not listed`
  return { ...listed, coverage: [...coverage, { source: 'incidents', status: 'partial', detail }] }
}
