import { createHash } from 'node:crypto'
import type { JsonObject } from './json.ts'
import { groupVersionOf, type Catalogue, type Resource, type Subresource } from './resources.ts'

/** `GET /api`: `address` is host and port of the server. */
export function apiVersions(address: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }]
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs }
}

/** `GET /apis`: every group with its versions, the preferred one first. */
export function apiGroupList(catalogue: Catalogue): JsonObject {
  const groups = groupNames(catalogue).map((group) => apiGroup(catalogue, group))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** One group of {@link apiGroupList}; `GET /apis/apps` answers it with kind and apiVersion. */
export function apiGroup(catalogue: Catalogue, name: string): JsonObject {
  const versions = versionsOf(catalogue, name).map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

/** `GET /api/v1`, `GET /apis/apps/v1`: the classic list, subresources as entries of their own, in order of name. */
export function apiResourceList(catalogue: Catalogue, group: string, version: string): JsonObject {
  const resources = catalogue.resources
    .filter((item) => item.group === group && item.version === version)
    .flatMap((item) => [classicEntry(item), ...item.subresources.map((sub) => classicSubresource(item, sub))])
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const groupVersion = groupVersionOf({ group, version })
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources }
}

function classicEntry(item: Resource): JsonObject & { name: string } {
  return {
    name: item.resource,
    singularName: item.singular,
    namespaced: item.namespaced,
    kind: item.kind,
    verbs: item.verbs,
    ...(item.shortNames.length === 0 ? {} : { shortNames: item.shortNames }),
    ...(item.categories.length === 0 ? {} : { categories: item.categories }),
    ...(isStored(item) ? { storageVersionHash: storageVersionHash(item) } : {}),
  }
}

function classicSubresource(item: Resource, sub: Subresource): JsonObject & { name: string } {
  return {
    name: `${item.resource}/${sub.name}`,
    singularName: '',
    namespaced: item.namespaced,
    ...(sub.group === '' ? {} : { group: sub.group }),
    ...(sub.version === '' ? {} : { version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }
}

/** Kept in etcd, unlike the kinds that only answer, such as bindings and componentstatuses. */
function isStored(item: Resource): boolean {
  return item.verbs.includes('watch')
}

/** As StorageVersionHash of k8s.io/apiserver computes it: eight bytes of the SHA-256 of group/version/kind. */
function storageVersionHash(item: Resource): string {
  const digest = createHash('sha256').update(`${item.group}/${item.version}/${item.kind}`).digest()
  return digest.subarray(0, 8).toString('base64')
}

/** The aggregated form: `core` asks for what `/api` answers, otherwise what `/apis` answers. */
export function aggregatedDiscovery(catalogue: Catalogue, core: boolean, discoveryVersion: string): JsonObject {
  const names = core ? [''] : groupNames(catalogue)
  const items = names.map((group) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(catalogue, group).map((version) => ({
      version,
      resources: catalogue.resources
        .filter((item) => item.group === group && item.version === version)
        .map(aggregatedEntry),
      freshness: 'Current',
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${discoveryVersion}`, metadata: {}, items }
}

function aggregatedEntry(item: Resource): JsonObject {
  const { group, version } = item.custom ? item : { group: '', version: '' }
  return {
    resource: item.resource,
    responseKind: { group, version, kind: item.kind },
    scope: item.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: item.singular,
    verbs: item.verbs,
    ...(item.shortNames.length === 0 ? {} : { shortNames: item.shortNames }),
    ...(item.categories.length === 0 ? {} : { categories: item.categories }),
    ...(item.subresources.length === 0 ? {} : { subresources: item.subresources.map(aggregatedSubresource) }),
  }
}

function aggregatedSubresource(sub: Subresource): JsonObject {
  const responseKind = { group: sub.group, version: sub.version, kind: sub.kind }
  return { subresource: sub.name, responseKind, verbs: sub.verbs }
}

function groupNames(catalogue: Catalogue): string[] {
  return [...new Set(catalogue.resources.map((item) => item.group))].filter((group) => group !== '')
}

function versionsOf(catalogue: Catalogue, group: string): string[] {
  return [...new Set(catalogue.resources.filter((item) => item.group === group).map((item) => item.version))]
}
