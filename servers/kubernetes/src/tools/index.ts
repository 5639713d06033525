import { checkClusterHealth } from './check-cluster-health.ts'
import { diagnoseResource } from './diagnose-resource.ts'
import { explainScheduling } from './explain-scheduling.ts'
import { getLogs } from './get-logs.ts'
import { getResource } from './get-resource.ts'
import { getResourceUsage } from './get-resource-usage.ts'
import { listContexts } from './list-contexts.ts'
import { listEvents } from './list-events.ts'
import { listResources } from './list-resources.ts'
import { listRollouts } from './list-rollouts.ts'
import { recommendResources } from './recommend-resources.ts'

/** Every tool of the server, in the order tools/list shows them: the way an investigation goes. */
export const tools = [
  checkClusterHealth,
  diagnoseResource,
  explainScheduling,
  getLogs,
  listEvents,
  listRollouts,
  getResourceUsage,
  recommendResources,
  listResources,
  getResource,
  listContexts,
]
