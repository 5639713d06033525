import { takeWithin } from '@kubevigil/core/budget'
import { Coverage } from '@kubevigil/core/observe'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters, type KubernetesContext } from '../context.ts'
import { briefCoverage, createSources, type Sources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import { namespaceExists } from '../present/missing.ts'
import { checkName, checkNamespace } from '../present/names.ts'
import type { Prometheus } from '../prometheus/client.ts'
import { nodesPastDay, podsPastDay, type PastDays } from '../prometheus/past-day.ts'
import { CustomRow, customRows } from '../usage/custom.ts'
import { nodeRows, type NodeRow } from '../usage/nodes.ts'
import { podRows, type PodRow } from '../usage/pods.ts'
import { NodeResource, PastDay, PodResource, type Measured } from '../usage/rows.ts'

/** Characters the rows may take of an answer under 16,000. */
const rowBudget = 13_500

const lastDay = PastDay.nullable().describe('null without Prometheus')

interface Asked {
  namespace: string | undefined
  name: string | undefined
  sortBy: Measured
}

/** Where an answer comes from. */
interface World {
  kube: KubeClient
  sources: Sources
  prometheus: Prometheus | undefined
  now: number
  signal: AbortSignal
}

export const getResourceUsage = defineTool({
  name: 'get_resource_usage',
  title: 'Resource usage',
  description: 'CPU and memory of nodes or pods: requests, limits, usage, last day; fullest first.',
  effect: 'read',
  input: z.strictObject({
    scope: z.enum(['nodes', 'pods', 'custom']).describe("custom: the policy file's queries"),
    namespace: parameters.namespace.describe('For pods; all when absent'),
    name: z.string().min(1).max(253).optional().describe('One of them'),
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
        lastDay,
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
        lastDay,
      }),
    ),
    custom: z.array(CustomRow),
    coverage: z.array(Coverage),
    omitted: z.int().describe('Rows left out, all less full than those shown'),
  }),
  deadlineMs: 60_000,
  async run({ scope, namespace: within, name, context, sortBy, limit }, { client, ...rest }, { signal }) {
    const namespace = checkNamespace(within)
    if (scope !== 'pods' && namespace !== undefined)
      throw new UserError(
        'namespace-needless',
        scope === 'nodes' ? 'Nodes have no namespace.' : 'A query of the policy file says itself what it is about.',
        'Leave namespace out, or take scope pods.',
      )
    const kube = await client(context)
    const sources = createSources(kube, signal)
    const prometheus = await rest.prometheusOf(kube.context)
    const world: World = { kube, sources, prometheus, now: rest.now(), signal }
    const asked: Asked = { namespace, name, sortBy }
    const found = await look(scope, asked, world, rest)
    const { kept } = takeWithin<NodeRow | PodRow | CustomRow>(found.rows.slice(0, limit), rowBudget)
    return {
      cluster: kube.cluster,
      context: kube.context,
      nodes: scope === 'nodes' ? (kept as NodeRow[]) : [],
      pods: scope === 'pods' ? (kept as PodRow[]) : [],
      custom: scope === 'custom' ? (kept as CustomRow[]) : [],
      coverage: briefCoverage(sources.coverage),
      omitted: found.total - kept.length,
    }
  },
})

async function look(
  scope: 'nodes' | 'pods' | 'custom',
  asked: Asked,
  world: World,
  { metricQueries }: Pick<KubernetesContext, 'metricQueries'>,
): Promise<{ rows: (NodeRow | PodRow | CustomRow)[]; total: number }> {
  if (scope === 'nodes') return nodes(asked, world)
  if (scope === 'pods') return pods(asked, world)
  const { sources, signal } = world
  const rows = await customRows(asked.name, { ...world, queries: metricQueries() }, sources, signal)
  return { rows, total: rows.length }
}

async function nodes({ name: asked, sortBy }: Asked, world: World): Promise<{ rows: NodeRow[]; total: number }> {
  const name = asked === undefined ? undefined : checkName(asked)
  const past = pastDays(world, (prometheus) => nodesPastDay(prometheus, world.now, world.signal))
  const rows = await nodeRows(name, sortBy, past, world.kube, world.sources, world.signal)
  if (name !== undefined && rows?.length === 0)
    throw new UserError('node-unknown', `There is no node "${name}".`, 'Leave name out to list all nodes.')
  return { rows: rows ?? [], total: rows?.length ?? 0 }
}

async function pods(
  { namespace, name: asked, sortBy }: Asked,
  world: World,
): Promise<{ rows: PodRow[]; total: number }> {
  const name = asked === undefined ? undefined : checkName(asked)
  const past = pastDays(world, (prometheus) => podsPastDay(prometheus, namespace, world.now, world.signal))
  const found = await podRows({ namespace, name }, sortBy, past, world.kube, world.sources, world.signal)
  if (name !== undefined && found?.total === 0)
    throw new UserError(
      'pod-unknown',
      `There is no running pod "${name}"${namespace === undefined ? '' : ` in namespace ${namespace}`}.`,
      'Pods that have ended use nothing; list_resources shows what is there.',
    )
  if (namespace !== undefined && found?.total === 0) await namespaceExists(world.kube, namespace, world.signal)
  const rows = (found?.rows ?? []).map((row) => (row.containers.length === 1 ? { ...row, containers: [] } : row))
  return { rows, total: found?.total ?? 0 }
}

/** The last day where Prometheus knows it; a failure is a gap in the coverage, never the end of the answer. */
async function pastDays(
  { prometheus, sources }: World,
  read: (prometheus: Prometheus) => Promise<PastDays>,
): Promise<PastDays | undefined> {
  return prometheus === undefined ? undefined : sources.attempt('prometheus', () => read(prometheus))
}
