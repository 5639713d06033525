import type { Cluster } from './cluster.ts'
import { readOptions } from './body.ts'
import { field, list, object, objects, text, type Json, type JsonObject, type KubernetesObject } from './json.ts'
import { readSelection, requireObject } from './read.ts'
import { jsonReply, listBody, type Reply } from './reply.ts'
import { listItem, whole } from './representation.ts'
import { isDryRun, type ApiRequest, type Target } from './request.ts'
import { groupVersionOf, storageKey, type Resource } from './resources.ts'
import { conflict } from './status.ts'

/** What a deletion asks for. `gracePeriodSeconds` undefined means the pod's own. */
export interface Deletion {
  dryRun: boolean
  gracePeriodSeconds: number | undefined
}

/** DELETE of one object: preconditions, grace and finalizers as the API treats them. */
export function deleteObject(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const found = requireObject(cluster, target)
  const options = readOptions(request)
  checkPreconditions(found, options, resource)
  const deletion = readDeletion(request, options)
  const going = remove(cluster, found, resource, deletion)
  if (resource.kind === 'Pod' || going.metadata.deletionTimestamp !== undefined)
    return jsonReply(whole(going, resource))
  const { name, uid } = found.metadata
  const group = resource.group === '' ? {} : { group: resource.group }
  const details = { name, ...group, kind: resource.resource, uid }
  return jsonReply({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}

/** DELETE of a collection: answers the list of what goes. */
export function deleteCollection(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const deletion = readDeletion(request, readOptions(request))
  const chosen = cluster.store.list(storageKey(resource)).filter(readSelection(request, target, resource))
  for (const item of chosen) remove(cluster, item, resource, deletion)
  const metadata = { resourceVersion: String(cluster.store.revision()) }
  const head = { kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource), metadata }
  const items = chosen.map((item) => listItem(item, resource))
  return { status: 200, contentType: 'application/json', body: listBody(head, 'items', items) }
}

function readDeletion(request: ApiRequest, options: JsonObject): Deletion {
  const grace = request.query.get('gracePeriodSeconds') ?? field(options, 'gracePeriodSeconds')
  return {
    dryRun: isDryRun(request.query) || list(options, 'dryRun').includes('All'),
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
  }
}

function checkPreconditions(found: KubernetesObject, options: JsonObject, resource: Resource): void {
  const { name, uid, resourceVersion } = found.metadata
  const of = { group: '', resource: resource.kind }
  const wantedUid = text(options, 'preconditions', 'uid')
  if (wantedUid !== '' && wantedUid !== uid) {
    throw conflict(of, name, mismatch('UID', wantedUid, uid))
  }
  const wantedVersion = text(options, 'preconditions', 'resourceVersion')
  if (wantedVersion !== '' && wantedVersion !== resourceVersion) {
    throw conflict(of, name, mismatch('ResourceVersion', wantedVersion, resourceVersion))
  }
}

function mismatch(what: string, wanted: string, found: string | undefined): string {
  const recreated =
    what === 'UID' ? '. The object might have been deleted and then recreated' : '. The object might have been modified'
  return `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found ?? ''})${recreated}`
}

/**
 * Deletes an object and returns its last state. A pod on a ready node goes at once, as if its kubelet had stopped it;
 * on a node without a kubelet, and with finalizers, the object stays and is marked as being deleted.
 */
export function remove(
  cluster: Cluster,
  found: KubernetesObject,
  resource: Resource,
  deletion: Deletion,
): KubernetesObject {
  const grace = resource.kind === 'Pod' ? graceOf(found, deletion) : 0
  const stays = list(found, 'metadata', 'finalizers').length > 0 || (grace > 0 && !hasKubelet(cluster, found))
  const marked = resource.kind === 'Pod' || stays ? markDeleted(cluster, found, grace) : found
  if (deletion.dryRun) return marked
  const key = storageKey(resource)
  if (marked !== found) cluster.store.put(key, marked)
  if (!stays) {
    cluster.store.remove(key, found.metadata.namespace ?? '', found.metadata.name)
    removeDependents(cluster, found)
  }
  return marked
}

function graceOf(pod: KubernetesObject, deletion: Deletion): number {
  const own = field(pod, 'spec', 'terminationGracePeriodSeconds')
  const phase = text(pod, 'status', 'phase')
  // What never started or has already ended needs no time to stop.
  if (text(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0
  return deletion.gracePeriodSeconds ?? (typeof own === 'number' ? own : 30)
}

function hasKubelet(cluster: Cluster, pod: KubernetesObject): boolean {
  const node = cluster.store.get('/nodes', '', text(pod, 'spec', 'nodeName'))
  const ready = objects(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready')
  return ready?.['status'] === 'True'
}

function markDeleted(cluster: Cluster, found: KubernetesObject, grace: number): KubernetesObject {
  if (found.metadata.deletionTimestamp !== undefined && grace > 0) return found
  const generation = found.metadata.generation
  const at = `${new Date(cluster.now() + grace * 1000).toISOString().slice(0, 19)}Z`
  return {
    ...found,
    metadata: {
      ...found.metadata,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: at,
      deletionGracePeriodSeconds: grace,
    },
  }
}

/** What the garbage collector would take next: everything the deleted object controlled. */
function removeDependents(cluster: Cluster, owner: KubernetesObject): void {
  const owned = (item: KubernetesObject): boolean =>
    objects(item, 'metadata', 'ownerReferences').some(
      (reference: Json) => text(reference, 'uid') === owner.metadata.uid,
    )
  for (const resource of cluster.catalogue().resources) {
    if (!dependentKinds.has(resource.kind)) continue
    for (const item of cluster.store.list(storageKey(resource)).filter(owned)) {
      remove(cluster, item, resource, { dryRun: false, gracePeriodSeconds: undefined })
    }
  }
}

const dependentKinds = new Set(['Pod', 'ReplicaSet', 'Job'])

/** The options inside an Eviction. */
export function evictionOptions(eviction: JsonObject): Deletion {
  const options = object(eviction, 'deleteOptions')
  const grace = field(options, 'gracePeriodSeconds')
  const gracePeriodSeconds = typeof grace === 'number' ? grace : undefined
  return { dryRun: list(options, 'dryRun').includes('All'), gracePeriodSeconds }
}
