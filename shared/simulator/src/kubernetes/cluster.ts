import { shiftDump, type Dump } from './dump.ts'
import { text, type JsonObject, type KubernetesObject } from './json.ts'
import { catalogueFor, splitPath, storageKey, type Catalogue } from './resources.ts'
import { createStore, type Store } from './store.ts'

/** Everything a request can read or change. `load` swaps it for another dump while the server runs. */
export interface Cluster {
  store: Store
  catalogue(): Catalogue
  /** The answer of `/version`. */
  version(): JsonObject
  /** Log text by `namespace/pod/container`, with `?previous` for the run before. */
  log(key: string): string | undefined
  /** When the present state was loaded, in milliseconds: logs end then. */
  loadedAt(): number
  /** Milliseconds; frozen in tests. */
  now(): number
  /** Replaces the state by a dump, its times shifted to now. */
  load(dump: Dump): void
  /** Replaces the state by a dump as it is: for one that was made just now and is too large to copy. */
  place(dump: Dump): void
}

/** An empty cluster whose clock is `now`. */
export function createCluster(now: () => number): Cluster {
  const store = createStore()
  let catalogue = catalogueFor({})
  let version: JsonObject = {}
  let logs: Record<string, string> = {}
  let loadedAt = now()

  function place(dump: Dump): void {
    catalogue = catalogueFor(dump.lists)
    version = dump.version
    logs = dump.logs ?? {}
    loadedAt = Date.parse(dump.takenAt)
    const lists = new Map<string, KubernetesObject[]>()
    for (const [path, list] of Object.entries(dump.lists)) lists.set(storageKey(splitPath(path)), list.items)
    store.replace(lists, highestRevision(dump))
  }

  return {
    store,
    catalogue: () => catalogue,
    version: () => version,
    log: (key) => logs[key],
    loadedAt: () => loadedAt,
    now,
    place,
    load: (dump) => place(shiftDump(dump, now())),
  }
}

function highestRevision(dump: Dump): number {
  let highest = 1
  for (const list of Object.values(dump.lists)) {
    highest = Math.max(highest, Number(text(list, 'metadata', 'resourceVersion')) || 0)
    for (const item of list.items) highest = Math.max(highest, Number(item.metadata.resourceVersion) || 0)
  }
  return highest
}
