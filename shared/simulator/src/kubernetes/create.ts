import { randomUUID } from 'node:crypto'
import { readObject } from './body.ts'
import type { Cluster } from './cluster.ts'
import { fromEventsV1 } from './events.ts'
import { object, text, withoutType } from './json.ts'
import { recordFields } from './managed-fields.ts'
import { present } from './read.ts'
import { jsonReply, type Reply } from './reply.ts'
import { negotiate } from './representation.ts'
import { isDryRun, type ApiRequest, type Target } from './request.ts'
import { storageKey, type Resource } from './resources.ts'
import { alreadyExists, badRequest, notFound } from './status.ts'
import { validate } from './validate.ts'
import { timestamp, writerOf } from './writer.ts'

/** POST of a new object: names it, dates it, and refuses what exists already. */
export function createObject(cluster: Cluster, request: ApiRequest, target: Target, resource: Resource): Reply {
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
  const kept = isDryRun(request.query) ? made : cluster.store.put(storageKey(resource), withoutType(made))
  return jsonReply(present(cluster, request, negotiate(request.headers.accept), resource, kept), 201)
}
