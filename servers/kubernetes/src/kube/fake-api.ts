import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Call } from '@kubevigil/mcp-kit/define-tool'
import { createContext, type KubernetesContext } from '../context.ts'

/** For unit tests of this server: an API that answers what a test says, path by path. Whole clusters are the simulator's. */
export interface FakeApi {
  url: string
  /** Every request target, with its query, in order. */
  requests: string[]
  /** What tools get: real clients on a kubeconfig for this API; the clock stands at `now`. */
  context: KubernetesContext
  close: () => Promise<void>
}

export interface FakeAnswer {
  status?: number
  /** A string is sent as text, anything else as JSON. */
  body: unknown
}

/** Answers by path without query; a function sees the query. What is not there is a 404 as the API words it. */
export type FakeRoutes = Record<
  string,
  FakeAnswer | ((query: URLSearchParams, request: IncomingMessage) => FakeAnswer | undefined)
>

export const fakeNow = Date.parse('2026-11-21T01:10:00Z')

/** Starts a fake API on loopback that offers a few common kinds. */
export async function startFakeApi(routes: FakeRoutes): Promise<FakeApi> {
  const requests: string[] = []
  const all: FakeRoutes = { ...discoveryRoutes, ...routes }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    requests.push(request.url ?? '/')
    const route = all[url.pathname]
    const answer = (typeof route === 'function' ? route(url.searchParams, request) : route) ?? notFound(url.pathname)
    // A status of 0 stands for an API that hangs.
    if (answer.status === 0) return
    const isText = typeof answer.body === 'string'
    response.writeHead(answer.status ?? 200, { 'content-type': isText ? 'text/plain' : 'application/json' })
    response.end(isText ? (answer.body as string) : JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const file = join(mkdtempSync(join(tmpdir(), 'kubevigil-')), 'config')
  writeFileSync(file, fakeKubeconfig(url))
  return {
    url,
    requests,
    context: createContext({ KUBECONFIG: file, POD_RESTART_THRESHOLD: 5 }, () => fakeNow),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A kubeconfig with one context `home` for a server. */
export function fakeKubeconfig(server: string, name = 'home'): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{name: ${name}-cluster, cluster: {server: "${server}"}}]`,
    `users: [{name: ${name}-user, user: {token: fake-token}}]`,
    `contexts: [{name: ${name}, context: {cluster: ${name}-cluster, user: ${name}-user, namespace: shop}}]`,
    `current-context: ${name}`,
  ].join('\n')
}

/** What the kit hands a tool besides its arguments, for a call nobody cancels. */
export function fakeCall(): Call {
  return { signal: new AbortController().signal, progress: () => {} }
}

/** A Status body, as the API answers errors. */
export function statusBody(message: string, reason = 'NotFound'): FakeAnswer['body'] {
  return { kind: 'Status', status: 'Failure', message, reason }
}

function notFound(path: string): FakeAnswer {
  const [plural, name] = path.split('/').slice(-2)
  return { status: 404, body: statusBody(`${plural} "${name}" not found`) }
}

function discoveryOf(
  group: string,
  version: string,
  kinds: readonly (readonly [plural: string, kind: string, shortName: string, scope?: string])[],
) {
  const resources = kinds.map(([resource, kind, shortName, scope = 'Namespaced']) => ({
    resource,
    responseKind: { kind },
    scope,
    singularResource: kind.toLowerCase(),
    shortNames: shortName === '' ? [] : [shortName],
    verbs: kind === 'Binding' ? ['create'] : ['get', 'list'],
  }))
  return { metadata: { name: group }, versions: [{ version, resources }] }
}

const core = discoveryOf('', 'v1', [
  ['pods', 'Pod', 'po'],
  ['configmaps', 'ConfigMap', 'cm'],
  ['secrets', 'Secret', ''],
  ['events', 'Event', 'ev'],
  ['bindings', 'Binding', ''],
  ['namespaces', 'Namespace', 'ns', 'Cluster'],
  ['nodes', 'Node', 'no', 'Cluster'],
])
const groups = [
  discoveryOf('apps', 'v1', [['deployments', 'Deployment', 'deploy']]),
  discoveryOf('batch', 'v1', [
    ['jobs', 'Job', ''],
    ['cronjobs', 'CronJob', 'cj'],
  ]),
  discoveryOf('example.com', 'v1beta1', [['widgets', 'Widget', 'wd']]),
]

const discoveryRoutes: FakeRoutes = {
  '/api': { body: { kind: 'APIGroupDiscoveryList', items: [core] } },
  '/apis': { body: { kind: 'APIGroupDiscoveryList', items: groups } },
}
