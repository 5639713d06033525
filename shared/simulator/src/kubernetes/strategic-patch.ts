import { isObject, list, type Json, type JsonObject } from './json.ts'

/** The key by which a strategic merge patch matches the elements of a list, by the field's name and elements. */
function mergeKey(fieldName: string, elements: Json[]): string | undefined {
  if (fieldName === 'ports')
    return elements.some((item) => isObject(item) && 'containerPort' in item) ? 'containerPort' : 'port'
  return Object.hasOwn(mergeKeys, fieldName) ? mergeKeys[fieldName] : undefined
}

/** From the patchMergeKey tags of k8s.io/api. Lists that are not here, such as tolerations and taints, are atomic. */
const mergeKeys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  resourceClaims: 'name',
  schedulingGates: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  podIPs: 'ip',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  topologySpreadConstraints: 'topologyKey',
}

/** A strategic merge patch: as a merge patch, but lists of named things merge by name, with `$patch` directives. */
export function strategicPatch(original: JsonObject, patch: JsonObject): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch)
  if (patch['$patch'] === 'delete') return {}
  const retained = patch['$retainKeys']
  const merged: JsonObject = Array.isArray(retained)
    ? Object.fromEntries(Object.entries(original).filter(([name]) => retained.includes(name)))
    : { ...original }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const target = name.slice('$deleteFromPrimitiveList/'.length)
      merged[target] = list(merged, target).filter((item) => !list(value).includes(item))
    } else if (name.startsWith('$')) continue
    else if (value === null) delete merged[name]
    else merged[name] = mergeValue(name, merged[name], value, patch[`$setElementOrder/${name}`])
  }
  return merged
}

function mergeValue(
  name: string,
  original: Json | undefined,
  patch: Json | undefined,
  order: Json | undefined,
): Json | undefined {
  if (isObject(patch)) return strategicPatch(isObject(original) ? original : {}, patch)
  if (!Array.isArray(patch)) return patch
  const before = Array.isArray(original) ? original : []
  // The one list of plain values that merges: everybody's finalizers stay.
  if (name === 'finalizers') return [...new Set([...before, ...patch])]
  const key = mergeKey(name, [...before, ...patch])
  return key === undefined ? patch : inOrder(mergeLists(before, patch, key), key, order)
}

function mergeLists(before: Json[], patch: Json[], key: string): Json[] {
  const replaces = patch.some((item) => isObject(item) && item['$patch'] === 'replace')
  let merged = replaces ? [] : [...before]
  for (const item of patch) {
    if (!isObject(item) || item[key] === undefined) continue
    const index = merged.findIndex((existing) => isObject(existing) && existing[key] === item[key])
    const found = merged[index]
    if (item['$patch'] === 'delete') merged = merged.filter((_, at) => at !== index)
    else if (isObject(found)) merged[index] = strategicPatch(found, item)
    else merged.push(withoutDirectives(item))
  }
  return merged
}

function inOrder(merged: Json[], key: string, order: Json | undefined): Json[] {
  if (!Array.isArray(order)) return merged
  const rank = (item: Json): number => {
    const at = order.findIndex((wanted) => isObject(wanted) && isObject(item) && wanted[key] === item[key])
    return at < 0 ? order.length : at
  }
  return merged.toSorted((left, right) => rank(left) - rank(right))
}

function withoutDirectives(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([name, item]) => !name.startsWith('$') && item !== null)
  return Object.fromEntries(kept.map(([name, item]) => [name, isObject(item) ? withoutDirectives(item) : item]))
}
