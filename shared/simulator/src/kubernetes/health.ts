import type { Cluster } from './cluster.ts'
import { readExchange } from './recordings.ts'
import { jsonReply, textReply, type Reply } from './reply.ts'
import type { ApiRequest } from './request.ts'

const healthPaths = new Set(['healthz', 'livez', 'readyz'])

/** `/version` and the health checks, or undefined for any other path. */
export function serveHealth(cluster: Cluster, request: ApiRequest): Reply | undefined {
  if (request.path === '/version' || request.path === '/version/') return jsonReply(cluster.version())
  const check = request.path.slice(1)
  if (!healthPaths.has(check)) return undefined
  if (!request.query.has('verbose')) return textReply('ok')
  const recorded = readExchange('readyz-verbose').response.text ?? ''
  return textReply(recorded.replace('readyz check passed', `${check} check passed`))
}
