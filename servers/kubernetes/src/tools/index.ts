import { checkClusterHealth } from './check-cluster-health.ts'

/** Every tool of the server, in the order tools/list shows them. */
export const tools = [checkClusterHealth] as const
