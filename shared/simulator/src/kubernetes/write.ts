import { randomUUID } from 'node:crypto'
import { patchTypeOf, readObject, readPatch } from './body.ts'
import type { Cluster } from './cluster.ts'
import { fromEventsV1 } from './events.ts'
import { evict } from './eviction.ts'
import type { Identity } from './identity.ts'
import { isObject, object, sameJson, text, type Json, type JsonObject, type KubernetesObject } from './json.ts'
import { recordFields } from './managed-fields.ts'
import { jsonPatch, mergePatch, strategicPatch } from './patch.ts'
import { present, requireObject } from './read.ts'
import { deleteCollection, deleteObject } from './remove.ts'
import { jsonReply, type Reply } from './reply.ts'
import { negotiate, whole } from './representation.ts'
import { isDryRun, type ApiRequest, type Target } from './request.ts'
import { groupVersionOf, storageKey, type Resource } from './resources.ts'
import { isSelfReview, review } from './reviews.ts'
import { scaleOf, withScale } from './scale.ts'
import { alreadyExists, badRequest, conflict, methodNotAllowed, notFound, unsupportedMediaType } from './status.ts'
import { validate } from './validate.ts'

const scaleKind = { kind: 'Scale', group: 'autoscaling', version: 'v1' }
const evictionKind = { kind: 'Eviction', group: 'policy', version: 'v1' }
const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** Everything that is not a read: create, update, patch, delete, scale, eviction and reviews of oneself. */
export function serveWrite(
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  resource: Resource,
  identity: Identity,
): Reply {
  if (isSelfReview(resource)) return answerReview(cluster, request, resource, identity)
  if (target.subresource === 'eviction') {
    const eviction = readObject(request, evictionKind)
    return evict(cluster, requireObject(cluster, target), resource, eviction, isDryRun(request.query))
  }
  if (target.subresource === 'scale') return writeScale(cluster, request, target, resource)
  if (target.subresource !== '' && target.subresource !== 'status') throw methodNotAllowed()
  switch (request.method) {
    case 'POST':
      return create(cluster, request, target, resource)
    case 'PUT':
    case 'PATCH':
      return change(cluster, request, target, resource)
    case 'DELETE':
      return target.name === ''
        ? deleteCollection(cluster, request, target, resource)
        : deleteObject(cluster, request, target, resource)
    default:
      throw methodNotAllowed()
  }
}

function answerReview(cluster: Cluster, request: ApiRequest, resource: Resource, identity: Identity): Reply {
  const body = { metadata: {}, ...readObject(request, resource) }
  const recorded = recordFields({}, body as JsonObject as KubernetesObject, writerOf(cluster, request, resource, ''))
  // A rules review keeps no spec, so nobody owns any of it.
  return jsonReply(review(identity, resource, resource.kind === 'SelfSubjectRulesReview' ? body : recorded), 201)
}

function create(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const body = readObject(request, resource)
  const sent = object(body, 'metadata')
  const generated = `${text(sent, 'generateName')}${randomUUID().slice(0, 5)}`
  const name = text(sent, 'name') || (text(sent, 'generateName') === '' ? '' : generated)
  const namespace = resource.namespaced ? target.namespace : ''
  if (text(sent, 'namespace') !== '' && text(sent, 'namespace') !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (namespace !== '' && cluster.store.get('/namespaces', '', namespace) === undefined) {
    throw notFound({ group: '', resource: 'namespaces' }, namespace)
  }
  const metadata = {
    ...sent,
    name,
    ...(namespace === '' ? {} : { namespace }),
    uid: randomUUID(),
    ...(resource.namespaced && resource.kind !== 'Event' ? { generation: 1 } : {}),
    creationTimestamp: timestamp(cluster),
  }
  const stored = resource.group === 'events.k8s.io' ? fromEventsV1({ ...body, metadata }) : { ...body, metadata }
  const made = recordFields({}, stored, writerOf(cluster, request, resource, ''))
  validate(made, resource)
  if (cluster.store.get(storageKey(resource), namespace, name) !== undefined) throw alreadyExists(target, name)
  const { kind, apiVersion, ...bare } = made
  void [kind, apiVersion]
  const kept = isDryRun(request.query) ? made : cluster.store.put(storageKey(resource), bare as KubernetesObject)
  return jsonReply(present(cluster, request, negotiate(request.headers.accept), resource, kept), 201)
}

/** PUT and PATCH of an object or of its status. */
function change(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const before = requireObject(cluster, target)
  const shown = whole(before, resource)
  const after = request.method === 'PUT' ? readObject(request, resource) : patched(request, shown, resource)
  validate(after, resource)
  const next = settle(before, after, target)
  const kept = store(cluster, request, target, resource, before, next)
  return jsonReply(present(cluster, request, negotiate(request.headers.accept), resource, kept))
}

function writeScale(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const before = requireObject(cluster, target)
  const shown = scaleOf(before)
  const after = request.method === 'PUT' ? readObject(request, scaleKind) : patched(request, shown, resource)
  validate(after, scaleKind)
  const next = settle(before, withScale(before, after), { ...target, subresource: '' })
  return jsonReply(scaleOf(store(cluster, request, target, resource, before, next)))
}

function patched(request: ApiRequest, shown: JsonObject, resource: Resource): JsonObject {
  const type = patchTypeOf(request)
  if (type === 'strategic' && resource.custom) throw unsupportedMediaType()
  const patch = readPatch(request)
  const after = applyPatch(type, shown, patch)
  if (!isObject(after)) throw badRequest('the patch does not leave an object')
  return after
}

function applyPatch(type: ReturnType<typeof patchTypeOf>, shown: JsonObject, patch: Json): Json | undefined {
  if (type === 'json') return jsonPatch(shown, patch)
  if (!isObject(patch))
    throw badRequest('json: cannot unmarshal the patch into Go value of type map[string]interface {}')
  return type === 'merge' ? mergePatch(shown, patch) : strategicPatch(shown, patch)
}

/**
 * The object to store: the parts a client cannot change stay, a status write changes only the status and other writes
 * everything else, and a changed spec raises the generation where the kind has one.
 */
function settle(before: KubernetesObject, after: JsonObject, target: Target): KubernetesObject {
  const sent = object(after, 'metadata')
  const version = text(sent, 'resourceVersion')
  if (version !== '' && version !== before.metadata.resourceVersion) throw conflict(target, target.name, modified)
  if (text(sent, 'name') !== '' && text(sent, 'name') !== before.metadata.name) {
    throw badRequest(
      `the name of the object (${text(sent, 'name')}) does not match the name on the URL (${target.name})`,
    )
  }
  if (target.subresource === 'status')
    return { ...before, ...(after['status'] === undefined ? {} : { status: after['status'] }) }
  const { name, namespace, uid, creationTimestamp, generation } = before.metadata
  const fixed = { name, namespace, uid, creationTimestamp, resourceVersion: before.metadata.resourceVersion }
  const raised = sameJson(before['spec'], after['spec']) || generation === undefined ? generation : generation + 1
  const { kind, apiVersion, ...fields } = after
  void [kind, apiVersion]
  const metadata = { ...sent, ...fixed, ...(raised === undefined ? {} : { generation: raised }) }
  const event = 'regarding' in fields ? fromEventsV1({ ...fields, metadata } as JsonObject as KubernetesObject) : fields
  const status = before['status'] === undefined ? {} : { status: before['status'] }
  return { ...event, ...status, metadata: withoutUndefined(metadata) } as KubernetesObject
}

/** Stores a changed object unless it is a dry run or nothing changed; returns what a reader sees. */
function store(
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  resource: Resource,
  before: KubernetesObject,
  next: KubernetesObject,
): KubernetesObject {
  const { kind, apiVersion, ...bare } = before
  void [kind, apiVersion]
  if (sameJson(bare, next)) return before
  const recorded = recordFields(before, next, writerOf(cluster, request, resource, target.subresource))
  return isDryRun(request.query) ? recorded : cluster.store.put(storageKey(resource), recorded)
}

/** Who owns the fields: the fieldManager of the request, else the first word of the User-Agent, as the server does. */
function writerOf(cluster: Cluster, request: ApiRequest, resource: Resource, subresource: string) {
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? ''
  const manager = request.query.get('fieldManager') || agent || 'unknown'
  return { manager, apiVersion: groupVersionOf(resource), time: timestamp(cluster), subresource }
}

function timestamp(cluster: Cluster): string {
  return `${new Date(cluster.now()).toISOString().slice(0, 19)}Z`
}

function withoutUndefined(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
