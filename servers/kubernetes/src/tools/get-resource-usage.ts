import { takeWithin } from '@kubevigil/core/budget'
import { Coverage } from '@kubevigil/core/observe'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { briefCoverage, createSources } from '../diagnose/sources.ts'
import { nodeRows } from '../usage/nodes.ts'
import { podRows } from '../usage/pods.ts'
import { NodeResource, PodResource } from '../usage/rows.ts'

/** Characters the rows may take of an answer under 16,000. */
const rowBudget = 13_500

export const getResourceUsage = defineTool({
  name: 'get_resource_usage',
  title: 'Resource usage',
  description: 'CPU and memory of nodes or pods: requests, limits, usage; fullest first.',
  effect: 'read',
  input: z.strictObject({
    scope: z.enum(['nodes', 'pods']).describe('What'),
    namespace: parameters.namespace.describe('For pods; all when absent'),
    name: z.string().min(1).max(253).optional().describe('One node or pod'),
    context: parameters.context,
    sortBy: z.enum(['cpu', 'memory']).default('memory').describe('By share granted'),
    limit: z.int().min(1).max(100).default(20).describe('Most rows'),
  }),
  output: z.strictObject({
    cluster: z.string(),
    context: z.string(),
    nodes: z.array(
      z.strictObject({
        node: z.string(),
        ready: z.boolean(),
        pods: z.strictObject({ count: z.int().nullable(), allocatable: z.int().nullable() }),
        cpu: NodeResource,
        memory: NodeResource,
        conditions: z.array(z.string()).describe('Only those that are bad'),
      }),
    ),
    pods: z.array(
      z.strictObject({
        namespace: z.string(),
        pod: z.string(),
        node: z.string(),
        state: z.string(),
        cpu: PodResource,
        memory: PodResource,
        containers: z
          .array(z.strictObject({ name: z.string(), cpu: PodResource, memory: PodResource }))
          .describe('Empty for a pod of one container: its totals are the container’s'),
      }),
    ),
    coverage: z.array(Coverage),
    omitted: z.int().describe('Rows left out, all less full than those shown'),
  }),
  deadlineMs: 60_000,
  async run({ scope, namespace, name, context, sortBy, limit }, { client }, { signal }) {
    const kube = await client(context)
    const sources = createSources(kube, signal)
    const head = { cluster: kube.cluster, context: kube.context, nodes: [], pods: [] }
    if (scope === 'nodes') {
      if (namespace !== undefined)
        throw new UserError(
          'namespace-needless',
          'Nodes have no namespace.',
          'Leave namespace out, or take scope pods.',
        )
      const rows = await nodeRows(name, sortBy, kube, sources, signal)
      if (name !== undefined && rows?.length === 0)
        throw new UserError('node-unknown', `There is no node "${name}".`, 'Leave name out to list all nodes.')
      const { kept } = takeWithin((rows ?? []).slice(0, limit), rowBudget)
      return {
        ...head,
        nodes: kept,
        coverage: briefCoverage(sources.coverage),
        omitted: (rows?.length ?? 0) - kept.length,
      }
    }
    const found = await podRows({ namespace, name }, sortBy, kube, sources, signal)
    if (name !== undefined && found?.total === 0)
      throw new UserError(
        'pod-unknown',
        `There is no running pod "${name}"${namespace === undefined ? '' : ` in namespace ${namespace}`}.`,
        'Pods that have ended use nothing; list_resources shows what is there.',
      )
    const rows = (found?.rows ?? [])
      .slice(0, limit)
      .map((row) => (row.containers.length === 1 ? { ...row, containers: [] } : row))
    const { kept } = takeWithin(rows, rowBudget)
    return {
      ...head,
      pods: kept,
      coverage: briefCoverage(sources.coverage),
      omitted: (found?.total ?? 0) - kept.length,
    }
  },
})
