import http from 'node:http'
import https from 'node:https'
import type { RequestOptions } from './http.ts'

/** An answer: the body as text and its size in bytes, and how long to wait before asking again where the server says it. */
export interface Answer {
  status: number
  body: string
  size: number
  retryAfterMs: number | undefined
}

/** One request and its answer. Rejects when the connection fails or is cut. */
export type Exchange = (
  shared: https.RequestOptions,
  path: string,
  options: RequestOptions,
  signal: AbortSignal,
) => Promise<Answer>

/** Milliseconds after which an idle connection is closed, before load balancers on the way forget it. */
const idleMs = 30_000

/**
 * Exchanges with one API server over connections that last.
 * @param server its address, with a path before the API's own where there is one
 */
export function createExchange(server: string): Exchange {
  const base = new URL(server)
  const isPlain = base.protocol === 'http:'
  const plainAgent = new http.Agent({ keepAlive: true, timeout: idleMs })
  const secureAgents = new WeakMap<object, https.Agent>()

  /** The library's agent opens a connection for each call: a TLS handshake and its memory every time. Proxies' agents stay. */
  function lasting(agent: https.RequestOptions['agent']): https.RequestOptions['agent'] {
    if (isPlain) return plainAgent
    if (!(agent instanceof https.Agent) || agent.constructor !== https.Agent) return agent
    const kept = secureAgents.get(agent) ?? new https.Agent({ ...agent.options, keepAlive: true, timeout: idleMs })
    secureAgents.set(agent, kept)
    return kept
  }

  return (shared, path, options, signal) => {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body)
    const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const request = (isPlain ? http : https).request(
      url,
      {
        ...shared,
        agent: lasting(shared.agent),
        method: options.method ?? 'GET',
        headers: {
          ...trimmed(shared.headers as http.OutgoingHttpHeaders | undefined),
          accept: options.accept ?? 'application/json',
          'user-agent': 'kubevigil',
          ...(payload === undefined
            ? {}
            : {
                'content-type': options.contentType ?? 'application/json',
                'content-length': Buffer.byteLength(payload),
              }),
        },
        signal,
      },
      (response) => {
        // Text at once: pieces kept as bytes until the end would be held three times over.
        response.setEncoding('utf8')
        let body = ''
        let size = 0
        const finish = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            size,
            retryAfterMs: millisOf(response.headers['retry-after']),
          })
        response.on('data', (text: string) => {
          body += text
          size += Buffer.byteLength(text)
          if (options.maxBytes !== undefined && size >= options.maxBytes) {
            finish()
            response.destroy()
          }
        })
        response.once('end', finish)
        response.once('error', reject)
        response.once('close', () => reject(Object.assign(new Error('cut off'), { code: 'ECONNRESET' })))
      },
    )
    request.once('error', reject)
    request.end(payload)
    return promise
  }
}

/** Retry-After in milliseconds. The API server writes seconds; a date, as proxies may write it, counts as nothing said. */
function millisOf(retryAfter: string | undefined): number | undefined {
  return /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined
}

/** Header values without blanks around them: a token file often ends in a line break, which no header may hold. */
function trimmed(headers: http.OutgoingHttpHeaders = {}): http.OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  )
}
