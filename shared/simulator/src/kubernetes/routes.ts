import type { Cluster } from './cluster.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.ts'
import { serveHealth } from './health.ts'
import type { Identity } from './identity.ts'
import { getObject, listObjects, requireObject } from './read.ts'
import { podLog } from './logs.ts'
import { jsonReply, textReply, type Reply } from './reply.ts'
import { mediaRanges } from './representation.ts'
import { isWatch, verbOf, type ApiRequest, type Target } from './request.ts'
import type { Resource } from './resources.ts'
import { methodNotAllowed, unknownResource } from './status.ts'
import { watchObjects } from './watch.ts'
import { scaleOf } from './scale.ts'
import { serveWrite } from './write.ts'

/** What a request comes with, beside itself. */
export interface Caller {
  identity: Identity
  /** Aborts when the client goes away. */
  closed: AbortSignal
}

/** Answers an authorized request, or throws a StatusError. */
export function route(cluster: Cluster, request: ApiRequest, caller: Caller): Reply {
  const { target } = request
  if (target === undefined) return serveHealth(cluster, request) ?? serveDiscovery(cluster, request) ?? pageNotFound()
  const catalogue = cluster.catalogue()
  const resource = catalogue.find(target.group, target.version, target.resource)
  if (resource !== undefined) return serveResource(cluster, request, target, resource, caller)
  if (catalogue.hasGroupVersion(target.group, target.version)) throw unknownResource()
  return pageNotFound()
}

function pageNotFound(): Reply {
  return textReply('404 page not found\n', 404)
}

function serveResource(
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  resource: Resource,
  caller: Caller,
): Reply {
  const sub = resource.subresources.find((item) => item.name === target.subresource)
  if (target.subresource !== '' && sub === undefined) throw unknownResource()
  if (!(sub ?? resource).verbs.includes(verbOf(request))) throw methodNotAllowed()
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return serveWrite(cluster, request, target, resource, caller.identity)
  }
  if (target.subresource === 'log') return podLog(cluster, request, requireObject(cluster, target))
  if (target.subresource === 'scale') return jsonReply(scaleOf(requireObject(cluster, target)))
  if (target.subresource !== '' && target.subresource !== 'status') throw methodNotAllowed()
  if (isWatch(request)) return watchObjects(cluster, request, target, resource, caller.closed)
  return target.name === ''
    ? listObjects(cluster, request, target, resource)
    : getObject(cluster, request, target, resource)
}

function serveDiscovery(cluster: Cluster, request: ApiRequest): Reply | undefined {
  const path = request.path.replace(/\/$/, '')
  const catalogue = cluster.catalogue()
  if (path === '/api' || path === '/apis') {
    const aggregated = aggregatedVersion(request.headers.accept)
    if (aggregated !== undefined) {
      const type = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`
      const body = aggregatedDiscovery(catalogue, path === '/api', aggregated)
      return { ...jsonReply(body, 200, type), headers: { 'Cache-Control': 'public' } }
    }
    return jsonReply(path === '/api' ? apiVersions(request.headers.host ?? '') : apiGroupList(catalogue))
  }
  const [, root, group = '', version = ''] = path.split('/')
  if (root === 'api' && catalogue.hasGroupVersion('', group)) return jsonReply(apiResourceList(catalogue, '', group))
  if (root !== 'apis') return undefined
  if (version !== '') {
    return catalogue.hasGroupVersion(group, version) ? jsonReply(apiResourceList(catalogue, group, version)) : undefined
  }
  const known = catalogue.resources.some((resource) => resource.group === group)
  return known ? jsonReply({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(catalogue, group) }) : undefined
}

/** The version of the aggregated form the client takes, when it prefers that to the classic one. */
function aggregatedVersion(accept: string | undefined): string | undefined {
  for (const { type, parameters } of mediaRanges(accept)) {
    if (type === 'application/json' && parameters.get('as') === 'APIGroupDiscoveryList') return parameters.get('v')
    if (type === 'application/json' && parameters.size === 0) return undefined
  }
  return undefined
}
