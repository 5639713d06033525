import http from 'node:http'
import https from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { fromNetwork, fromStatus, KubeError, noCredentials, timedOut } from './errors.ts'

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  query?: Record<string, string | number | boolean | undefined>
  accept?: string
  body?: unknown
  contentType?: string
  signal: AbortSignal
  /** Longest wait for the whole answer in milliseconds. */
  timeoutMs?: number
  /** Stops reading after so many bytes and gives what was read; for logs. */
  maxBytes?: number
}

export interface Transport {
  /** Server address, for error texts. */
  server: string
  /** Bytes read so far, over all calls. */
  bytesRead: () => number
  /** One exchange; the body as text. @throws KubeError */
  request: (path: string, options: RequestOptions) => Promise<string>
}

/** One second less than people wait for a hung server: what comes before the call and after it takes its share. */
const defaultTimeoutMs = 9_000
const retries = 2
const backoffMs = 200
/** Calls in flight at once: enough to fill a page pipeline, few enough for a homelab's control plane. */
const concurrency = 8
/** Milliseconds after which an idle connection is closed, before load balancers on the way forget it. */
const idleMs = 30_000

/**
 * The one place that talks to an API server: credentials of the kubeconfig, a deadline on every call, bounded concurrency, and
 * a retry with backoff of reads that failed in a way that passes (429, 5xx, a cut connection).
 */
export function createTransport(config: KubeConfig, context: string): Transport {
  const cluster = config.getCurrentCluster()!
  const base = new URL(cluster.server)
  const gate = createGate(concurrency)
  const plainAgent = new http.Agent({ keepAlive: true, timeout: idleMs })
  const secureAgents = new WeakMap<object, https.Agent>()
  let bytes = 0

  /** The library's agent opens a connection for each call: a TLS handshake and its memory every time. Proxies' agents stay. */
  function lasting(agent: https.RequestOptions['agent']): https.RequestOptions['agent'] {
    if (base.protocol === 'http:') return plainAgent
    if (!(agent instanceof https.Agent) || agent.constructor !== https.Agent) return agent
    const kept = secureAgents.get(agent) ?? new https.Agent({ ...agent.options, keepAlive: true, timeout: idleMs })
    secureAgents.set(agent, kept)
    return kept
  }

  async function once(path: string, options: RequestOptions): Promise<string> {
    // Asked anew for each call: the library keeps tokens and agents, and renews what an exec plugin or a token file gave.
    const shared: https.RequestOptions = {}
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    const deadline = AbortSignal.timeout(timeoutMs)
    const ends = AbortSignal.any([options.signal, deadline])
    await orEnded(config.applyToHTTPSOptions(shared), ends).catch((error: unknown) => {
      options.signal.throwIfAborted()
      throw noCredentials(deadline.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error, context)
    })
    shared.agent = lasting(shared.agent)
    try {
      const { status, body, size } = await exchange(base, shared, path, options, ends)
      bytes += size
      if (status >= 300) throw fromStatus(status, body, path, context)
      return body
    } catch (error) {
      if (error instanceof KubeError) throw error
      options.signal.throwIfAborted()
      throw deadline.aborted ? timedOut(cluster.server, path, timeoutMs) : fromNetwork(error, cluster.server)
    }
  }

  return {
    server: cluster.server,
    bytesRead: () => bytes,
    request: (path, options) =>
      gate(async () => {
        const url = withQuery(path, options.query)
        for (let attempt = 0; ; attempt += 1) {
          try {
            return await once(url, options)
          } catch (error) {
            if (attempt >= retries || !passes(error, options.method)) throw error
            await pause(backoffMs * 2 ** attempt, options.signal)
          }
        }
      }),
  }
}

/** An API server's answer as a value. @throws KubeError when it is no JSON */
export function parseJson(transport: Pick<Transport, 'server'>, path: string, body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new KubeError(
      'server',
      `The server ${transport.server} answered something that is no JSON for ${path}.`,
      'Check that the address in the kubeconfig is a Kubernetes API server.',
      { cause },
    )
  }
}

/** Gives up waiting when the signal aborts: an exec plugin may ask a person and never end. */
async function orEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Header values without blanks around them: a token file often ends in a line break, which no header may hold. */
function trimmed(headers: http.OutgoingHttpHeaders = {}): http.OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  )
}

async function exchange(
  base: URL,
  shared: https.RequestOptions,
  path: string,
  options: RequestOptions,
  signal: AbortSignal,
) {
  const payload = options.body === undefined ? undefined : JSON.stringify(options.body)
  const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string; size: number }>()
  const request = (url.protocol === 'http:' ? http : https).request(
    url,
    {
      ...shared,
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
      const chunks: Buffer[] = []
      let size = 0
      const finish = (): void =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), size })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
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

function passes(error: unknown, method = 'GET'): boolean {
  if (method !== 'GET' || !(error instanceof KubeError)) return false
  if (error.failure === 'server') return true
  return error.failure === 'unreachable' && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises')
  await sleep(millis, undefined, { signal })
}

function withQuery(path: string, query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, String(value))
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`
}

function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    // Whoever ends hands its place to the next in line, so that a newcomer cannot slip in between.
    if (running < limit) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
