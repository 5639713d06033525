import type { Cluster } from './cluster.ts'
import type { Writer } from './managed-fields.ts'
import type { ApiRequest } from './request.ts'
import { groupVersionOf, type Resource } from './resources.ts'

/** Who owns the fields: the fieldManager of the request, else the first word of the User-Agent, as the server does. */
export function writerOf(cluster: Cluster, request: ApiRequest, resource: Resource, subresource: string): Writer {
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? ''
  const manager = request.query.get('fieldManager') || agent || 'unknown'
  return { manager, apiVersion: groupVersionOf(resource), time: timestamp(cluster), subresource }
}

/** Now, as the API writes times: RFC 3339 in whole seconds. */
export function timestamp(cluster: Cluster): string {
  return `${new Date(cluster.now()).toISOString().slice(0, 19)}Z`
}
