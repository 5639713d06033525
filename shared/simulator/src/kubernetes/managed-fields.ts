import { isObject, objects, sameJson, type Json, type JsonObject, type KubernetesObject } from './json.ts'

export interface Writer {
  manager: string
  apiVersion: string
  /** RFC 3339. */
  time: string
  subresource: string
}

/** Fields of Go structs, which own nothing themselves; maps and pointers are owned beside what they hold. */
const structs = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'strategy',
  'resources',
  'jobTemplate',
  'containers',
])

/** Of the metadata only these are anybody's; the rest belongs to the server. */
const ownedMetadata = new Set(['labels', 'annotations', 'finalizers', 'ownerReferences', 'generateName'])

const listKeys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  conditions: 'type',
}

/**
 * The managedFields after a write: the writer owns every field it set or changed, and nobody else does any more.
 * Lists are owned whole unless they are keyed by name or type.
 */
export function recordFields(before: JsonObject, after: KubernetesObject, writer: Writer): KubernetesObject {
  const changed = difference(ownable(before), ownable(after))
  if (changed === undefined) return after
  const entries = objects(before, 'metadata', 'managedFields')
  const isOwn = (entry: JsonObject): boolean =>
    entry['manager'] === writer.manager &&
    entry['operation'] === 'Update' &&
    (entry['subresource'] ?? '') === writer.subresource
  const kept = entries
    .map((entry) => (isOwn(entry) ? entry : { ...entry, fieldsV1: without(entry['fieldsV1'], changed) }))
    .filter((entry) => isObject(entry['fieldsV1']) && Object.keys(entry['fieldsV1']).length > 0)
  const own = kept.find(isOwn)
  const entry: JsonObject = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: writer.apiVersion,
    time: writer.time,
    fieldsType: 'FieldsV1',
    fieldsV1: union(own?.['fieldsV1'], changed),
    ...(writer.subresource === '' ? {} : { subresource: writer.subresource }),
  }
  const managedFields = [...kept.filter((item) => item !== own), entry]
  return { ...after, metadata: { ...after.metadata, managedFields } }
}

function ownable(object: JsonObject): JsonObject {
  const { kind: _kind, apiVersion: _apiVersion, status: _status, metadata, ...rest } = object
  const owned = isObject(metadata) ? Object.entries(metadata).filter(([name]) => ownedMetadata.has(name)) : []
  return { ...rest, metadata: Object.fromEntries(owned) }
}

/** The fields set or changed, as a FieldsV1 tree; undefined when there are none. */
function difference(before: Json | undefined, after: Json | undefined): JsonObject | undefined {
  if (!isObject(after)) return undefined
  const old = isObject(before) ? before : {}
  const tree: JsonObject = {}
  for (const [name, value] of Object.entries(after)) {
    if (value === undefined || sameJson(old[name], value)) continue
    tree[`f:${name}`] = changeOf(name, old[name], value)
  }
  return Object.keys(tree).length === 0 ? undefined : tree
}

function changeOf(name: string, before: Json | undefined, after: Json): JsonObject {
  const fresh = before === undefined && !structs.has(name) ? { '.': {} } : {}
  if (isObject(after)) {
    const inside = difference(before, after)
    return inside === undefined ? {} : { ...fresh, ...inside }
  }
  const key = listKeys[name]
  if (!Array.isArray(after) || key === undefined) return {}
  const tree: JsonObject = { ...fresh }
  for (const item of after.filter(isObject)) {
    const same = (old: Json): boolean => isObject(old) && old[key] === item[key]
    const old = Array.isArray(before) ? before.find(same) : undefined
    const inside = difference(old, item)
    const selector = `k:${JSON.stringify({ [key]: item[key] })}`
    if (inside !== undefined) tree[selector] = { ...(old === undefined ? { '.': {} } : {}), ...inside }
  }
  return tree
}

/** The tree without the leaves of another. */
function without(tree: Json | undefined, taken: JsonObject): Json | undefined {
  if (!isObject(tree)) return tree
  const kept: JsonObject = {}
  for (const [name, child] of Object.entries(tree)) {
    const other = taken[name]
    if (!isObject(other)) kept[name] = child
    else if (Object.keys(other).length > 0) {
      const rest = without(child, other)
      if (isObject(rest) && Object.keys(rest).length > 0) kept[name] = rest
    }
  }
  return kept
}

function union(left: Json | undefined, right: JsonObject): JsonObject {
  if (!isObject(left)) return right
  const merged: JsonObject = { ...left }
  for (const [name, child] of Object.entries(right)) merged[name] = isObject(child) ? union(merged[name], child) : child
  return merged
}
