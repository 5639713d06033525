import type { Cluster } from './cluster.ts'
import { object, type Json, type KubernetesObject } from './json.ts'
import { parseFieldSelector } from './field-selector.ts'
import { parseLabelSelector } from './label-selector.ts'
import { encodeContinue, pageKey, readPage } from './paging.ts'
import { jsonReply, listBody, type Reply } from './reply.ts'
import { listItem, negotiate, partialMetadata, whole, type Form, type IncludeObject } from './representation.ts'
import type { ApiRequest, Target } from './request.ts'
import { groupVersionOf, storageKey, type Resource } from './resources.ts'
import { badRequest, notFound } from './status.ts'
import { columnDefinitions, tableRow } from './table.ts'

/** A test by namespace, label selector and field selector together. */
export type ObjectTest = (object: KubernetesObject) => boolean

/** One object, or the 404 that names it. */
export function requireObject(cluster: Cluster, target: Target): KubernetesObject {
  const found = cluster.store.get(storageKey(target), target.namespace, target.name)
  if (found === undefined) throw notFound(target, target.name)
  return found
}

/** GET of one object in the form the client asks for. */
export function getObject(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const form = negotiate(request.headers.accept)
  return jsonReply(present(cluster, request, form, resource, requireObject(cluster, target)))
}

/** One object as an answer: whole, as a table of one row, or its metadata. */
export function present(
  cluster: Cluster,
  request: ApiRequest,
  form: Form,
  resource: Resource,
  found: KubernetesObject,
): Json {
  if (form === 'metadata') return partialMetadata(found)
  if (form === 'object') return whole(found, resource)
  const row = tableRow(found, resource, readInclude(request), cluster.now())
  const resourceVersion = found.metadata.resourceVersion
  return { ...tableHead({ resourceVersion }), columnDefinitions: columnDefinitions(resource), rows: [row] }
}

/** GET of a collection: selected, paged, and in the form the client asks for. */
export function listObjects(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const form = negotiate(request.headers.accept)
  const include = readInclude(request)
  const page = readPage(request.query, cluster.store.oldestRevision())
  const test = readSelection(request, target, resource)
  const namespaced = target.namespace !== ''
  const style = storageKey(resource) === '/events' ? 'storage' : 'cache'
  const keyOf = (item: KubernetesObject): string => pageKey(item, namespaced, style)
  const all = cluster.store.list(storageKey(resource))
  const inNamespace = namespaced ? all.filter((item) => item.metadata.namespace === target.namespace) : all
  const first = page.from === undefined ? 0 : firstAtOrAfter(inNamespace, page.from.start, keyOf)
  const { shown, next } = take(inNamespace, first, page.limit, test)
  const revision = page.from === undefined || page.from.revision < 0 ? cluster.store.revision() : page.from.revision
  const last = shown.at(-1)
  // A full page goes on when any key follows it, whether or not a selector will take it: the server does not look ahead.
  const more = last !== undefined && shown.length === page.limit && next < inNamespace.length
  const metadata = {
    // Lists of custom resources write an empty token.
    ...(resource.custom ? { continue: '' } : {}),
    resourceVersion: String(revision),
    ...(more ? { continue: encodeContinue(revision, keyOf(last)) } : {}),
    // The server counts what is left only when no selector can drop any of it.
    ...(more && !isSelective(request) ? { remainingItemCount: inNamespace.length - next } : {}),
  }
  return { status: 200, contentType: 'application/json', body: body() }

  function body(): Iterable<string> {
    if (form === 'table') {
      const head = { ...tableHead(metadata), columnDefinitions: columnDefinitions(resource) }
      const now = cluster.now()
      return listBody(
        head,
        'rows',
        lazily(shown, (item) => tableRow(item, resource, include, now)),
      )
    }
    if (form === 'metadata') {
      const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
      return listBody(head, 'items', lazily(shown, partialMetadata))
    }
    const head = { kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource), metadata }
    return listBody(
      head,
      'items',
      lazily(shown, (item) => listItem(item, resource)),
    )
  }
}

/** The index of the first object whose key is not before `start`; the list is in the order of keys. */
function firstAtOrAfter(
  items: readonly KubernetesObject[],
  start: string,
  keyOf: (item: KubernetesObject) => string,
): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && keyOf(item) < start) low = middle + 1
    else high = middle
  }
  return low
}

/** The objects from an index on that pass the test, up to a limit (0: all), and the index after the last one looked at. */
function take(items: readonly KubernetesObject[], first: number, limit: number, test: ObjectTest) {
  const shown: KubernetesObject[] = []
  for (let next = first; next < items.length; next += 1) {
    if (limit > 0 && shown.length >= limit) return { shown, next }
    const item = items[next]
    if (item !== undefined && test(item)) shown.push(item)
  }
  return { shown, next: items.length }
}

/** What a list or watch selects; throws the API's 400 for a selector it cannot read. */
export function readSelection(request: ApiRequest, target: Target, resource: Resource): ObjectTest {
  const labels = parseLabelSelector(request.query.get('labelSelector') ?? '')
  const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '', resource)
  const { namespace, name } = target
  return (item) =>
    (namespace === '' || item.metadata.namespace === namespace) &&
    (name === '' || item.metadata.name === name) &&
    fields(item) &&
    labels(object(item, 'metadata', 'labels'))
}

function isSelective(request: ApiRequest): boolean {
  return ['labelSelector', 'fieldSelector'].some((name) => (request.query.get(name) ?? '') !== '')
}

/** How much of the object a Table row carries: metadata unless the client says otherwise. */
export function readInclude(request: ApiRequest): IncludeObject {
  const value = request.query.get('includeObject') ?? ''
  if (value === '' || value === 'Metadata') return 'Metadata'
  if (value === 'None' || value === 'Object') return value
  throw badRequest(`unrecognized includeObject value: "${value}"`)
}

export function tableHead(metadata: Record<string, Json | undefined>): Record<string, Json | undefined> {
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata }
}

function* lazily<From, To>(source: readonly From[], make: (from: From) => To): Iterable<To> {
  for (const item of source) yield make(item)
}
