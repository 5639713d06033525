import type { Pod } from '@kubevigil/core/kubernetes'
import { badConditions } from '../diagnose/conditions.ts'
import type { Sources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Node } from '../scheduling/types.ts'
import type { PastDay as KnownDay, PastDays } from '../prometheus/past-day.ts'
import { nodeUsage, type Usage } from './metrics.ts'
import { add, amountsOf, podAmounts, type Amounts } from './pod-resources.ts'
import { format, pastDay, percent, type Measured, type NodeResource, type PastDay } from './rows.ts'

export interface NodeRow {
  node: string
  ready: boolean
  pods: { count: number | null; allocatable: number | null }
  cpu: NodeResource
  memory: NodeResource
  conditions: string[]
  lastDay: PastDay | null
}

/** What the pods of one node ask for, and how many they are. */
interface Load {
  requests: Amounts
  count: number
}

const mostNodes = 2000

/** Every node with what it has, what its pods request and what they use; the fullest first. */
export async function nodeRows(
  name: string | undefined,
  sortBy: Measured,
  past: Promise<PastDays | undefined>,
  kube: KubeClient,
  sources: Sources,
  signal: AbortSignal,
): Promise<NodeRow[] | undefined> {
  const fieldSelector = name === undefined ? undefined : `metadata.name=${name}`
  const [days, nodes, usage, loads] = await Promise.all([
    past,
    sources.list('nodes', { fieldSelector, most: mostNodes }) as Promise<Node[] | undefined>,
    nodeUsage(sources),
    sources.attempt('pods', () => readLoads(kube, name, signal)),
  ])
  const rows = nodes?.map((node) => ({
    row: rowOf(node, usage?.get(node.metadata.name), loads, days?.get(node.metadata.name)),
    node,
  }))
  const fullness = ({ row }: { row: NodeRow }): number => row[sortBy].usagePercent ?? row[sortBy].requestedPercent ?? -1
  return rows?.toSorted((a, b) => fullness(b) - fullness(a)).map(({ row }) => row)
}

/** Sums requests while the pages pass by: nothing is kept of a pod, so that a large cluster costs time and no memory. */
async function readLoads(kube: KubeClient, node: string | undefined, signal: AbortSignal): Promise<Map<string, Load>> {
  const loads = new Map<string, Load>()
  const fieldSelector = `status.phase!=Succeeded,status.phase!=Failed${node === undefined ? '' : `,spec.nodeName=${node}`}`
  for await (const item of kube.list(await kube.type('pods', signal), { fieldSelector, signal })) {
    const { spec } = item as unknown as Pod
    if (spec.nodeName === undefined) continue
    const load = loads.get(spec.nodeName) ?? { requests: {}, count: 0 }
    loads.set(spec.nodeName, { requests: add(load.requests, podAmounts(spec, 'requests')), count: load.count + 1 })
  }
  return loads
}

function rowOf(
  node: Node,
  usage: Usage | undefined,
  loads: ReadonlyMap<string, Load> | undefined,
  day: KnownDay | undefined,
): NodeRow {
  const load = loads === undefined ? undefined : (loads.get(node.metadata.name) ?? { requests: {}, count: 0 })
  const [capacity, allocatable] = [amountsOf(node.status?.capacity), amountsOf(node.status?.allocatable)]
  const resource = (of: Measured): NodeResource => {
    const requested = load === undefined ? undefined : (load.requests[of] ?? 0)
    return {
      capacity: format[of](capacity[of] ?? 0),
      allocatable: format[of](allocatable[of] ?? 0),
      requested: requested === undefined ? null : format[of](requested),
      requestedPercent: percent(requested, allocatable[of]),
      usage: usage === undefined ? null : format[of](usage[of]),
      usagePercent: percent(usage?.[of], allocatable[of]),
    }
  }
  const bad = badConditions(node)
  return {
    node: node.metadata.name,
    ready: !bad.some((condition) => condition.type === 'Ready'),
    pods: { count: load?.count ?? null, allocatable: allocatable['pods'] ?? null },
    cpu: resource('cpu'),
    memory: resource('memory'),
    conditions: [
      ...bad.map(({ type, status }) => `${type}=${status}`),
      ...(node.spec?.unschedulable === true ? ['cordoned'] : []),
    ],
    lastDay: pastDay(day, allocatable['memory']),
  }
}
