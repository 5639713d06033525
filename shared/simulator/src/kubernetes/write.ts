import { readObject } from './body.ts'
import { changeObject, changeScale } from './change.ts'
import type { Cluster } from './cluster.ts'
import { createObject } from './create.ts'
import { evict } from './eviction.ts'
import type { Identity } from './identity.ts'
import { object, type KubernetesObject } from './json.ts'
import { recordFields } from './managed-fields.ts'
import { requireObject } from './read.ts'
import { deleteCollection, deleteObject } from './remove.ts'
import { jsonReply, type Reply } from './reply.ts'
import { isDryRun, type ApiRequest, type Target } from './request.ts'
import type { Resource } from './resources.ts'
import { isSelfReview, review } from './reviews.ts'
import { methodNotAllowed } from './status.ts'
import { writerOf } from './writer.ts'

const evictionKind = { kind: 'Eviction', group: 'policy', version: 'v1' }

/** Everything that is not a read: create, update, patch, delete, scale, eviction and reviews of oneself. */
export function serveWrite(
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  resource: Resource,
  identity: Identity,
): Reply {
  if (isSelfReview(resource)) return answerReview(cluster, request, resource, identity)
  // Other kinds that are only created, such as bindings and reviews of others, belong to parts that are not simulated.
  if (!resource.verbs.includes('get')) throw methodNotAllowed()
  if (target.subresource === 'eviction') {
    const eviction = readObject(request, evictionKind)
    return evict(cluster, requireObject(cluster, target), resource, eviction, isDryRun(request.query))
  }
  if (target.subresource === 'scale') return changeScale(cluster, request, target, resource)
  if (target.subresource !== '' && target.subresource !== 'status') throw methodNotAllowed()
  switch (request.method) {
    case 'POST':
      return createObject(cluster, request, target, resource)
    case 'PUT':
    case 'PATCH':
      return changeObject(cluster, request, target, resource)
    case 'DELETE':
      return target.name === ''
        ? deleteCollection(cluster, request, target, resource)
        : deleteObject(cluster, request, target, resource)
    default:
      throw methodNotAllowed()
  }
}

function answerReview(cluster: Cluster, request: ApiRequest, resource: Resource, identity: Identity): Reply {
  const sent = readObject(request, resource)
  const body: KubernetesObject = { ...sent, metadata: { name: '', ...object(sent, 'metadata') } }
  const recorded = recordFields({}, body, writerOf(cluster, request, resource, ''))
  // A rules review keeps no spec, so nobody owns any of it.
  return jsonReply(review(identity, resource, resource.kind === 'SelfSubjectRulesReview' ? body : recorded), 201)
}
