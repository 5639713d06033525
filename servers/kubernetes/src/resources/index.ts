import type { Resource } from '@kubevigil/mcp-kit/define-resource'

/** Every resource of the server. */
export const resources: readonly Resource[] = [
  {
    uri: 'kubevigil://health',
    name: 'health',
    title: 'Cluster health',
    description: 'What is wrong in the cluster at this moment, by root cause, and what could not be read.',
    tool: 'check_cluster_health',
    arguments: () => ({}),
  },
]
