import type { Pod } from '@kubevigil/core/kubernetes'
import type { PodCensus } from '@kubevigil/core/observe'
import { hour, parseSpan } from '@kubevigil/core/time'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'

/** A container that restarted so lately is looked at whole though it runs now: a crash loop is ready between its crashes. */
const recentRestart = 24 * hour
/** Whole pods read for each group of pods that look alike (same owner, same state): enough for evidence and examples. */
const readPerGroup = 10
/** Most groups read whole; what is beyond is counted and named in the census. */
const mostGroups = 200

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
): Promise<{ pods: Pod[]; census: PodCensus }> {
  const byNode = new Map<string, number>()
  const suspects: Suspect[] = []
  let total = 0
  try {
    for await (const { columns, cells } of client.table(type, { namespace, signal })) {
      const cell = (column: string): string => String(cells[columns.indexOf(column)] ?? '')
      total += 1
      const node = cell('Node').replace('<none>', '')
      byNode.set(node, (byNode.get(node) ?? 0) + 1)
      if (isSuspect(cell('Ready'), cell('Status'), cell('Restarts'))) {
        suspects.push({ name: cell('Name'), group: `${ownerPrefix(cell('Name'))} ${cell('Status')}` })
      }
    }
  } catch (error) {
    if (error instanceof KubeError && error.failure === 'invalid') return screenWhole(client, type, namespace, signal)
    throw error
  }

  const groups = Map.groupBy(suspects, (suspect) => suspect.group)
  const chosen = [...groups.values()].slice(0, mostGroups).flatMap((group) => group.slice(0, readPerGroup))
  const unreadSuspects = new Map<string, number>()
  for (const [index, [group, members]] of [...groups].entries()) {
    const unread = index < mostGroups ? Math.max(0, members.length - readPerGroup) : members.length
    if (unread > 0) unreadSuspects.set(group, unread)
  }
  return {
    pods: await readSuspects(client, type, namespace, chosen, total, signal),
    census: { total, byNode, unreadSuspects },
  }
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

/**
 * Reads the chosen pods whole. A few are asked for by name, which needs no namespace (Table rows without objects show none);
 * when they are many or most of the list, pages of the list are cheaper.
 */
async function readSuspects(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  chosen: Suspect[],
  total: number,
  signal: AbortSignal,
): Promise<Pod[]> {
  const names = new Set(chosen.map((suspect) => suspect.name))
  if (names.size === 0) return []
  const pods: Pod[] = []
  if (names.size > 50 || names.size * 4 > total) {
    for await (const item of client.list(type, { namespace, signal })) {
      if (names.has(item.metadata.name)) pods.push(slim(item as unknown as Pod))
    }
    return pods
  }
  const found = await Promise.all(
    [...names].map(
      async (name) =>
        (await client.page(type, { namespace, fieldSelector: `metadata.name=${name}`, limit: 50, signal })).items,
    ),
  )
  return found.flat().map((item) => slim(item as unknown as Pod))
}

async function screenWhole(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<{ pods: Pod[]; census: PodCensus }> {
  const byNode = new Map<string, number>()
  const pods: Pod[] = []
  let total = 0
  for await (const item of client.list(type, { namespace, signal })) {
    const pod = item as unknown as Pod
    total += 1
    byNode.set(pod.spec.nodeName ?? '', (byNode.get(pod.spec.nodeName ?? '') ?? 0) + 1)
    const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]
    const quiet =
      pod.metadata.deletionTimestamp === undefined &&
      (pod.status.phase === 'Succeeded' ||
        (pod.status.phase === 'Running' &&
          statuses.every((status) => (status.restartCount ?? 0) === 0) &&
          (pod.status.containerStatuses ?? []).every((status) => status.ready)))
    if (!quiet) pods.push(slim(pod))
  }
  return { pods, census: { total, byNode, unreadSuspects: new Map() } }
}

function slim(pod: Pod): Pod {
  delete (pod.metadata as { managedFields?: unknown }).managedFields
  return pod
}
