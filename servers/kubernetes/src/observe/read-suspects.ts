import type { Pod } from '@kubevigil/core/kubernetes'
import type { KubeClient } from '../kube/client.ts'
import type { ResourceType } from '../kube/discovery.ts'
import { KubeError } from '../kube/errors.ts'

/** Names up to which each is searched for in the whole cluster, for which the API server goes through all of its pods. */
const mostSearches = 150
/** Names that could not be placed from which the list of all pods, page by page, is cheaper than searching. */
const leastForList = 800

interface Place {
  name: string
  namespace: string | undefined
}

/**
 * Reads pods whole by name. Table rows without objects show no namespace: many suspects are placed first, because a name in a
 * known namespace is a single look for the API server. Pods of one name in two namespaces are both read.
 */
export async function readSuspects(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Pod[]> {
  const placed = namespace === undefined && names.size > mostSearches ? await place(client, type, names, signal) : []
  const found = new Set(placed.map(({ name }) => name))
  const unplaced = names.difference(found)
  if (namespace === undefined && unplaced.size > leastForList) return readFromList(client, type, names, signal)
  const places: Place[] = [...placed, ...[...unplaced].map((name) => ({ name, namespace }))]
  const read = await Promise.all(places.map((one) => readPlaced(client, type, one, signal)))
  return read.flat()
}

/** The pods of a name: none when it is gone meanwhile. Who may only list is served by a list of one. */
async function readPlaced(
  client: KubeClient,
  type: ResourceType,
  { namespace, name }: Place,
  signal: AbortSignal,
): Promise<Pod[]> {
  if (namespace !== undefined) {
    try {
      return [slim((await client.object(type, namespace, name, signal)) as unknown as Pod)]
    } catch (error) {
      if (error instanceof KubeError && error.failure === 'not-found') return []
      if (!(error instanceof KubeError) || error.failure !== 'forbidden') throw error
    }
  }
  const { items } = await client.page(type, { namespace, fieldSelector: `metadata.name=${name}`, limit: 50, signal })
  return items.map((item) => slim(item as unknown as Pod))
}

/** The namespaces of pods, from the screens of all namespaces; none when those cannot be listed or are more than the names. */
async function place(
  client: KubeClient,
  type: ResourceType,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Place[]> {
  const namespaces = await namesOf(client, await client.type('namespaces', signal), undefined, signal).catch(() => [])
  signal.throwIfAborted()
  if (namespaces.length > names.size) return []
  const placed = await Promise.all(
    namespaces.map(async (namespace) => {
      const here = await namesOf(client, type, namespace, signal)
      return here.filter((name) => names.has(name)).map((name) => ({ name, namespace }))
    }),
  )
  return placed.flat()
}

async function namesOf(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = []
  for await (const { columns, cells } of client.table(type, { namespace, signal })) {
    names.push(String(cells[columns.indexOf('Name')] ?? ''))
  }
  return names
}

async function readFromList(
  client: KubeClient,
  type: ResourceType,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Pod[]> {
  const pods: Pod[] = []
  for await (const item of client.list(type, { signal })) {
    if (names.has(item.metadata.name)) pods.push(slim(item as unknown as Pod))
  }
  return pods
}

/** The pod without what is bulky and read by no rule. */
export function slim(pod: Pod): Pod {
  delete pod.metadata.managedFields
  return pod
}
