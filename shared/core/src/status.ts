import type { ClusterStatus, Incident } from './incident.ts'
import type { Coverage } from './observe.ts'

/**
 * Sources without which nobody may call a cluster healthy. Events, metrics and the rest explain; these tell.
 * `nodes` is among them: who may only view a namespace cannot see a node die, and must not read "healthy".
 */
export const vitalSources = ['api', 'pods', 'nodes', 'deployments', 'statefulsets', 'daemonsets'] as const

/**
 * One word for a cluster. A known fault outweighs a gap, but a gap outweighs silence:
 * - `critical`: something critical is known about the cluster,
 * - `unknown`: the API or the pods could not be read at all (that the API is unreachable says nothing about the cluster
 *   behind it), or nothing is known to be wrong but a vital source was not read whole,
 * - `degraded`: something at warning is known,
 * - `healthy`: all vital sources were read and nothing at warning or above was found. Notes (info) do not count.
 */
export function statusOf(
  coverage: readonly Coverage[],
  incidents: readonly Pick<Incident, 'severity' | 'rule'>[],
): ClusterStatus {
  const known = incidents.filter(({ rule }) => rule !== 'API_UNREACHABLE')
  if (known.some(({ severity }) => severity === 'critical')) return 'critical'
  if (!wasRead(coverage, 'api', ['ok', 'partial']) || !wasRead(coverage, 'pods', ['ok', 'partial'])) return 'unknown'
  if (known.some(({ severity }) => severity === 'warning')) return 'degraded'
  return vitalSources.every((source) => wasRead(coverage, source, ['ok'])) ? 'healthy' : 'unknown'
}

/** A source no entry speaks of was not read. */
function wasRead(coverage: readonly Coverage[], source: string, statuses: readonly Coverage['status'][]): boolean {
  return coverage.some((entry) => entry.source === source && statuses.includes(entry.status))
}
