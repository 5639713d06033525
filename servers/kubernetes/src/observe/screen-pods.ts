import type { Pod } from '@kubevigil/core/kubernetes'
import type { PodCensus } from '@kubevigil/core/observe'
import { hour, parseSpan } from '@kubevigil/core/time'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'
import { readSuspects, slim } from './read-suspects.ts'

export interface ScreenedPods {
  pods: Pod[]
  census: PodCensus
}

/** A container that restarted so lately is looked at whole though it runs now: a crash loop is ready between its crashes. */
const recentRestart = 24 * hour
/** Whole pods read in one look: about two megabytes, whatever fails. They are shared out evenly among the groups. */
const mostReads = 400
/** Whole pods read of a group of pods that look alike: enough for evidence and examples. */
const mostReadsOfGroup = 10

/** A row of the screen that deserves a whole look. Rows that look alike are a group: same owner by the name, same state. */
interface Suspect {
  name: string
  group: string
}

/**
 * Finds the pods worth reading whole. The Table form lets the server compute READY, STATUS and RESTARTS, about 260 bytes a pod
 * where the whole object takes ten thousand, so that the cost hangs on what is suspect and not on what is healthy.
 * A server without Tables is read in full pages of which only suspects are kept.
 */
export async function screenPods(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<ScreenedPods> {
  const count = counter()
  const suspects: Suspect[] = []
  try {
    for await (const { columns, cells } of client.table(type, { namespace, signal })) {
      const cell = (column: string): string => String(cells[columns.indexOf(column)] ?? '')
      count.add(cell('Node').replace('<none>', ''))
      const status = cell('Status')
      if (!isSuspect(cell('Ready'), status, cell('Restarts'))) continue
      suspects.push({ name: cell('Name'), group: `${ownerPrefix(cell('Name'))} ${status}` })
    }
  } catch (error) {
    if (error instanceof KubeError && error.failure === 'invalid') return screenWhole(client, type, namespace, signal)
    throw error
  }
  const groups = [...Map.groupBy(suspects, ({ group }) => group).values()]
  const ofEach = Math.min(mostReadsOfGroup, Math.max(1, Math.floor(mostReads / Math.max(1, groups.length))))
  const chosen = groups.map((group) => group.slice(0, ofEach))
  const names = new Set(chosen.flat().map(({ name }) => name))
  const pods = await readSuspects(client, type, namespace, names, signal)
  return { pods, census: { ...count.done(), unreadLike: unreadLike(groups, ofEach, pods) } }
}

/** Whether a row of `kubectl get pods` deserves a whole look. */
export function isSuspect(ready: string, status: string, restarts: string): boolean {
  if (status === 'Completed' || status === 'Succeeded') return false
  if (status !== 'Running') return true
  const [up, all] = ready.split('/')
  if (up !== all) return true
  const [count, ago] = [Number.parseInt(restarts, 10), /\((.+) ago\)/.exec(restarts)?.[1]]
  if (!(count > 0)) return false
  // The API server writes years, too: `2y30d`.
  const span = parseSpan(ago?.replace(/^(\d+)y/, (_, years) => `${Number(years) * 365}d`) ?? '')
  return span === undefined || span < recentRestart
}

/** A pod's name without the parts that tell replicas apart: ordinal, or template hash and suffix. */
function ownerPrefix(name: string): string {
  return name
    .replace(/-\d+$/, '')
    .replace(/-[a-z0-9]{5}$/, '')
    .replace(/-[a-z0-9]{6,10}$/, '')
}

/** The rest of each group, under the first of its pods that was read. */
function unreadLike(groups: readonly Suspect[][], ofEach: number, pods: readonly Pod[]): ReadonlyMap<string, number> {
  const read = new Map(pods.map(({ metadata }) => [metadata.name, `${metadata.namespace ?? ''}/${metadata.name}`]))
  return new Map(
    groups.flatMap((group) => {
      const spokesman = group.slice(0, ofEach).find(({ name }) => read.has(name))
      const rest = group.length - ofEach
      return rest > 0 && spokesman !== undefined ? [[read.get(spokesman.name)!, rest] as const] : []
    }),
  )
}

async function screenWhole(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<ScreenedPods> {
  const count = counter()
  const pods: Pod[] = []
  for await (const item of client.list(type, { namespace, signal })) {
    const pod = item as unknown as Pod
    count.add(pod.spec.nodeName ?? '')
    if (!isQuiet(pod)) pods.push(slim(pod))
  }
  return { pods, census: { ...count.done(), unreadLike: new Map() } }
}

function isQuiet({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false
  if (status.phase === 'Succeeded') return true
  const containers = status.containerStatuses ?? []
  const restarted = [...containers, ...(status.initContainerStatuses ?? [])].some((one) => (one.restartCount ?? 0) > 0)
  return status.phase === 'Running' && !restarted && containers.every((one) => one.ready === true)
}

function counter() {
  const byNode = new Map<string, number>()
  let total = 0
  return {
    add(node: string) {
      total += 1
      byNode.set(node, (byNode.get(node) ?? 0) + 1)
    },
    done: () => ({ total, byNode }),
  }
}
