import { isObject, list, objects, text, type Json, type JsonObject } from './json.ts'
import type { Dump } from './dump.ts'
import { readExchange } from './recordings.ts'

/** One kind of object that the API serves in one group and version. */
export interface Resource {
  group: string
  version: string
  /** The plural, as in paths: `pods`. */
  resource: string
  singular: string
  kind: string
  shortNames: string[]
  categories: string[]
  namespaced: boolean
  verbs: string[]
  subresources: Subresource[]
  /** Served from a CustomResourceDefinition: list items carry kind and apiVersion, and there is no strategic patch. */
  custom: boolean
}

export interface Subresource {
  name: string
  group: string
  version: string
  kind: string
  verbs: string[]
}

/** Every resource the cluster serves, in the order discovery lists them. */
export interface Catalogue {
  resources: readonly Resource[]
  find(group: string, version: string, resource: string): Resource | undefined
  hasGroupVersion(group: string, version: string): boolean
}

const everyVerb = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** Groups an add-on brings: served only when the dump holds them, as on a cluster without the add-on. */
const addOnGroups = new Set(['metrics.k8s.io'])

/** What the singular and kind of a list path outside discovery are when its items do not say. */
const fallbackKind = 'Unknown'

/** The catalogue of a real server (recorded aggregated discovery) plus the groups that only the dump has. */
export function catalogueFor(lists: Dump['lists']): Catalogue {
  const recorded = ['discovery-aggregated-api', 'discovery-aggregated-apis'].flatMap(recordedResources)
  const held = new Set(Object.keys(lists).map((path) => splitPath(path).group))
  const resources = recorded.filter((resource) => !addOnGroups.has(resource.group) || held.has(resource.group))
  for (const [path, body] of Object.entries(lists)) {
    const { group, version, resource } = splitPath(path)
    const known = resources.some(
      (item) => item.group === group && item.version === version && item.resource === resource,
    )
    if (!known) resources.push(customResource(group, version, resource, body))
  }
  return catalogueOf(resources)
}

function catalogueOf(resources: Resource[]): Catalogue {
  const byPath = new Map(resources.map((item) => [`${item.group}/${item.version}/${item.resource}`, item]))
  const groupVersions = new Set(resources.map(groupVersionOf))
  return {
    resources,
    find: (group, version, resource) => byPath.get(`${group}/${version}/${resource}`),
    hasGroupVersion: (group, version) => groupVersions.has(groupVersionOf({ group, version })),
  }
}

/** `v1` or `apps/v1`, as in the field apiVersion. */
export function groupVersionOf(of: { group: string; version: string }): string {
  return of.group === '' ? of.version : `${of.group}/${of.version}`
}

/** Splits `/api/v1/pods` and `/apis/apps/v1/deployments`. */
export function splitPath(path: string): { group: string; version: string; resource: string } {
  const parts = path.split('/').slice(1)
  const [group = '', version = '', resource = ''] = parts[0] === 'api' ? ['', ...parts.slice(1)] : parts.slice(1)
  return { group, version, resource }
}

/** Where the objects of a resource are kept: versions of a group share storage, and both event APIs are one. */
export function storageKey(of: { group: string; resource: string }): string {
  return of.resource === 'events' && of.group === 'events.k8s.io' ? '/events' : `${of.group}/${of.resource}`
}

function recordedResources(exchange: string): Resource[] {
  return objects(readExchange(exchange).response.json, 'items').flatMap((group) =>
    objects(group, 'versions').flatMap((version) =>
      objects(version, 'resources').map((entry) =>
        fromDiscovery(text(group, 'metadata', 'name'), text(version, 'version'), entry),
      ),
    ),
  )
}

function fromDiscovery(group: string, version: string, entry: JsonObject): Resource {
  return {
    group,
    version,
    resource: text(entry, 'resource'),
    singular: text(entry, 'singularResource'),
    kind: text(entry, 'responseKind', 'kind'),
    shortNames: strings(entry['shortNames']),
    categories: strings(entry['categories']),
    namespaced: text(entry, 'scope') === 'Namespaced',
    verbs: strings(entry['verbs']),
    subresources: objects(entry, 'subresources').map((sub) => ({
      name: text(sub, 'subresource'),
      group: text(sub, 'responseKind', 'group'),
      version: text(sub, 'responseKind', 'version'),
      kind: text(sub, 'responseKind', 'kind'),
      verbs: strings(sub['verbs']),
    })),
    // Built-in kinds leave the group of the response empty: it is the group they are listed under.
    custom: text(entry, 'responseKind', 'version') !== '',
  }
}

function customResource(group: string, version: string, resource: string, body: JsonObject): Resource {
  const first = list(body, 'items')[0]
  const kind = (isObject(first) ? text(first, 'kind') : '') || text(body, 'kind').replace(/List$/, '') || fallbackKind
  return {
    group,
    version,
    resource,
    singular: kind.toLowerCase(),
    kind,
    shortNames: group === 'argoproj.io' && resource === 'applications' ? ['app', 'apps'] : [],
    categories: [],
    namespaced: list(body, 'items').some((item) => text(item, 'metadata', 'namespace') !== ''),
    verbs: everyVerb,
    subresources: [],
    custom: true,
  }
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
