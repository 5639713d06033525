import { withoutType, type Json, type JsonObject, type KubernetesObject } from './json.ts'
import { toEventsV1 } from './events.ts'
import { groupVersionOf, type Resource } from './resources.ts'
import { StatusError } from './status.ts'

/** The form in which a client wants objects: themselves, rows of a table, or only their metadata. */
export type Form = 'object' | 'table' | 'metadata'

/** What a Table row carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

const supported = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

interface MediaRange {
  type: string
  parameters: Map<string, string>
}

/** The media ranges of an Accept header, in the order the client prefers them. */
export function mediaRanges(accept: string | undefined): MediaRange[] {
  return (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    return { type, parameters: new Map(parameters.map((parameter) => pair(parameter))) }
  })
}

function pair(parameter: string): [string, string] {
  const [name = '', value = ''] = parameter.split('=', 2)
  return [name, value]
}

/** Chooses the form by the Accept header; 406 when the client takes neither JSON nor anything. */
export function negotiate(accept: string | undefined): Form {
  for (const { type, parameters } of mediaRanges(accept)) {
    if (type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue
    const as = parameters.get('as')
    if (as === undefined) return 'object'
    if (parameters.get('g') !== 'meta.k8s.io') continue
    if (as === 'Table') return 'table'
    if (as.startsWith('PartialObjectMetadata')) return 'metadata'
  }
  const message = `only the following media types are accepted: ${supported.join(', ')}`
  throw new StatusError(406, 'NotAcceptable', message, {})
}

/** Metadata alone, as lists and tables of metadata hold it. */
export function partialMetadata(object: KubernetesObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

/** A stored object as an element of a list: built-in kinds leave kind and apiVersion to the list. */
export function listItem(object: KubernetesObject, resource: Resource): Json {
  const { kind, apiVersion, ...rest } = served(object, resource)
  return resource.custom
    ? { apiVersion: apiVersion ?? groupVersionOf(resource), kind: kind ?? resource.kind, ...rest }
    : rest
}

/** A stored object standing alone, with kind and apiVersion. */
export function whole(object: KubernetesObject, resource: Resource): KubernetesObject {
  const typed = { kind: resource.kind, apiVersion: groupVersionOf(resource) }
  return { ...typed, ...withoutType(served(object, resource)) }
}

function served(object: KubernetesObject, resource: Resource): KubernetesObject {
  return resource.group === 'events.k8s.io' ? toEventsV1(object) : object
}
