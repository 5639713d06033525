import type { Finding } from '../incident.ts'
import { minute, toMillis } from '../time.ts'

/** How sure an edge is: 4 the same owner, 3 the cluster's own words, 2 one thing stands on the other, 1 the same time. */
export type Confidence = 1 | 2 | 3 | 4
export const confidences = [4, 3, 2, 1] as const

/** "This finding is an effect of that one." */
export interface Edge {
  effect: Finding
  cause: Finding
  confidence: Confidence
}

/**
 * Findings about a whole that repeat what a finding about its parts says better; they may go under any of them. Among
 * themselves the earlier says more: a stalled rollout tells why replicas are missing.
 */
export const rollups = [
  'POD_NODE_LOST',
  'JOB_FAILED',
  'CRONJOB_FAILING',
  'WORKLOAD_ROLLOUT_STALLED',
  'WORKLOAD_UNAVAILABLE',
  'PDB_BLOCKS',
  'HPA_DEGRADED',
  'SERVICE_NO_ENDPOINTS',
  'GITOPS_DEGRADED',
  'FLUX_NOT_READY',
  'CUSTOM_RESOURCE_NOT_READY',
]

/** A symptom noticed this long before its cause can still be its effect: clocks and probes differ (Radar: 5 m). */
const clockSlack = 5 * minute

export function isRollup({ rule }: Finding): boolean {
  return rollups.includes(rule)
}

/** Whether an effect began after a cause, as far as both say when. */
export function follows(effect: Finding, cause: Finding): boolean {
  const [late, early] = [toMillis(effect.since), toMillis(cause.since)]
  return late === undefined || early === undefined || late >= early - clockSlack
}
