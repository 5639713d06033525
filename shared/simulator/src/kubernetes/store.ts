import type { KubernetesObject } from './json.ts'

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One write: `object` is the new state, or the last state of a deleted object. */
export interface Change {
  type: ChangeType
  key: string
  revision: number
  object: KubernetesObject
  previous: KubernetesObject | undefined
}

export interface Store {
  /** The resourceVersion of the last write. */
  revision(): number
  /** Changes and pages from before this revision are gone. */
  oldestRevision(): number
  /** All objects of a storage key in the order of their keys, as etcd lists them. */
  list(key: string): readonly KubernetesObject[]
  get(key: string, namespace: string, name: string): KubernetesObject | undefined
  /** Writes the object with a new resourceVersion and returns what was stored. */
  put(key: string, object: KubernetesObject): KubernetesObject
  /** Removes the object; its last state gets a new resourceVersion, as watchers see it. */
  remove(key: string, namespace: string, name: string): void
  /** Changes of one storage key after a revision, oldest first. */
  changesSince(key: string, revision: number): Change[]
  /** Called at each change of a key; the returned function ends it. */
  subscribe(key: string, listener: (change: Change) => void): () => void
  /** Called when the whole state was replaced: watches end then. */
  onReplaced(listener: () => void): () => void
  /** Swaps the whole state; revisions go on counting upwards. */
  replace(lists: Map<string, KubernetesObject[]>, revision: number): void
}

/** How many writes watchers may lag behind before they must list again. */
const keptChanges = 10_000

interface Shelf {
  objects: Map<string, KubernetesObject>
  /** In key order; undefined after a write that changed the set of keys. */
  sorted: KubernetesObject[] | undefined
}

/** An empty store: objects in memory, a revision counter, and who watches. Stored objects are never changed in place. */
export function createStore(): Store {
  let shelves = new Map<string, Shelf>()
  let changes: Change[] = []
  let revision = 0
  let oldest = 0
  const listeners = new Map<string, Set<(change: Change) => void>>()
  const replacedListeners = new Set<() => void>()

  function shelf(key: string): Shelf {
    let found = shelves.get(key)
    if (found === undefined) shelves.set(key, (found = { objects: new Map(), sorted: [] }))
    return found
  }

  function record(change: Change): void {
    changes.push(change)
    if (changes.length > keptChanges) oldest = changes.shift()?.revision ?? oldest
    for (const listener of listeners.get(change.key) ?? []) listener(change)
  }

  function withRevision(object: KubernetesObject): KubernetesObject {
    revision += 1
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
  }

  return {
    revision: () => revision,
    oldestRevision: () => oldest,
    list(key) {
      const found = shelves.get(key)
      if (found === undefined) return []
      return (found.sorted ??= inKeyOrder(found.objects))
    },
    get: (key, namespace, name) => shelves.get(key)?.objects.get(`${namespace}/${name}`),
    put(key, object) {
      const { objects } = shelf(key)
      const stored = withRevision(object)
      const previous = objects.get(objectKey(object))
      objects.set(objectKey(object), stored)
      shelf(key).sorted = undefined
      record({ type: previous === undefined ? 'ADDED' : 'MODIFIED', key, revision, object: stored, previous })
      return stored
    },
    remove(key, namespace, name) {
      const found = shelf(key)
      const previous = found.objects.get(`${namespace}/${name}`)
      if (previous === undefined) return
      found.objects.delete(`${namespace}/${name}`)
      found.sorted = undefined
      record({ type: 'DELETED', key, object: withRevision(previous), revision, previous })
    },
    changesSince: (key, since) => changes.filter((change) => change.key === key && change.revision > since),
    subscribe: (key, listener) => {
      const set = listeners.get(key) ?? new Set()
      listeners.set(key, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    onReplaced: (listener) => {
      replacedListeners.add(listener)
      return () => replacedListeners.delete(listener)
    },
    replace(lists, atLeast) {
      const first = revision === 0
      revision = Math.max(first ? 0 : revision + 1, atLeast)
      // Pages begun before the first load cannot exist; after a later one they are of another cluster state.
      oldest = first ? 0 : revision
      changes = []
      shelves = new Map([...lists].map(([key, list]) => [key, { objects: byKey(list), sorted: undefined }]))
      for (const listener of replacedListeners) listener()
    },
  }
}

/** `namespace/name`, with an empty namespace for cluster-wide objects. */
export function objectKey(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

function byKey(list: KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(list.map((object) => [objectKey(object), object]))
}

function inKeyOrder(objects: Map<string, KubernetesObject>): KubernetesObject[] {
  return [...objects].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object)
}
