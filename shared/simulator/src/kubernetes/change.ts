import { patchTypeOf, readObject, readPatch } from './body.ts'
import type { Cluster } from './cluster.ts'
import { fromEventsV1 } from './events.ts'
import {
  isObject,
  object,
  sameJson,
  text,
  withoutType,
  type Json,
  type JsonObject,
  type KubernetesObject,
  type Metadata,
} from './json.ts'
import { recordFields } from './managed-fields.ts'
import { jsonPatch, mergePatch } from './patch.ts'
import { present, requireObject } from './read.ts'
import { jsonReply, type Reply } from './reply.ts'
import { negotiate, whole } from './representation.ts'
import { isDryRun, type ApiRequest, type Target } from './request.ts'
import { storageKey, type Resource } from './resources.ts'
import { scaleOf, withScale } from './scale.ts'
import { badRequest, conflict, unsupportedMediaType } from './status.ts'
import { strategicPatch } from './strategic-patch.ts'
import { validate } from './validate.ts'
import { writerOf } from './writer.ts'

const scaleKind = { kind: 'Scale', group: 'autoscaling', version: 'v1' }
const modified = 'the object has been modified; please apply your changes to the latest version and try again'

/** PUT and PATCH of an object or of its status. */
export function changeObject(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
  const before = requireObject(cluster, target)
  const shown = whole(before, resource)
  const after = request.method === 'PUT' ? readObject(request, resource) : patched(request, shown, resource)
  validate(after, resource)
  const next = settle(before, after, target)
  const kept = store(cluster, request, target, resource, before, next)
  return jsonReply(present(cluster, request, negotiate(request.headers.accept), resource, kept))
}

/** PUT and PATCH of the scale subresource. */
export function changeScale(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
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
  const { status: _status, ...fields } = after
  const metadata = withoutUndefined({ ...sent, ...fixed, generation: raised }) as Metadata
  const next = withoutType({ ...fields, metadata })
  const status = before['status'] === undefined ? {} : { status: before['status'] }
  return { ...('regarding' in next ? fromEventsV1(next) : next), ...status }
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
  if (sameJson(withoutType(before), next)) return before
  const recorded = recordFields(before, next, writerOf(cluster, request, resource, target.subresource))
  return isDryRun(request.query) ? recorded : cluster.store.put(storageKey(resource), recorded)
}

function withoutUndefined(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
