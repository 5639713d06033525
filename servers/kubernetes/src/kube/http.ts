import type { RequestOptions as HttpsOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { fromNetwork, fromStatus, KubeError, noCredentials, timedOut } from './errors.ts'
import type { Exchange } from './exchange.ts'

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
/** Longest a server may make us wait before a retry, whatever it asks for. */
const mostPauseMs = 3000
/** Calls in flight at once: enough to fill a page pipeline, few enough for a homelab's control plane. */
const concurrency = 8

/**
 * The one place that talks to an API server: credentials of the kubeconfig, a deadline on every call, bounded concurrency, and
 * a retry with backoff, or after what the server's Retry-After says, of reads that failed in a way that passes (429, 5xx, a cut
 * connection).
 */
export function createTransport(config: KubeConfig, context: string): Transport {
  const cluster = config.getCurrentCluster()!
  const gate = createGate(concurrency)
  let exchange: Promise<Exchange> | undefined
  let bytes = 0
  const last = { answer: 0, timeout: 0 }

  async function once(path: string, options: RequestOptions): Promise<string> {
    // Asked anew for each call: the library keeps tokens and agents, and renews what an exec plugin or a token file gave.
    const shared: HttpsOptions = {}
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    const deadline = AbortSignal.timeout(timeoutMs)
    const ends = AbortSignal.any([options.signal, deadline])
    await orEnded(config.applyToHTTPSOptions(shared), ends).catch((error: unknown) => {
      options.signal.throwIfAborted()
      throw noCredentials(deadline.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error, context)
    })
    // What speaks HTTP and TLS takes long to load: on first use.
    exchange ??= import('./exchange.ts').then(({ createExchange }) => createExchange(cluster.server))
    try {
      const { status, body, size, retryAfterMs } = await (await exchange)(shared, path, options, ends)
      bytes += size
      last.answer = performance.now()
      if (status >= 300) throw fromStatus(status, body, path, context, retryAfterMs)
      return body
    } catch (error) {
      if (error instanceof KubeError) throw error
      options.signal.throwIfAborted()
      if (!deadline.aborted) throw fromNetwork(error, cluster.server)
      last.timeout = performance.now()
      throw timedOut(cluster.server, path, timeoutMs)
    }
  }

  return {
    server: cluster.server,
    bytesRead: () => bytes,
    request(path, options) {
      const asked = performance.now()
      return gate(async () => {
        const url = withQuery(path, options.query)
        // Who stood in line while the server answered nobody has waited long enough.
        if (last.timeout > asked && last.answer < asked)
          throw timedOut(cluster.server, url, options.timeoutMs ?? defaultTimeoutMs)
        for (let attempt = 0; ; attempt += 1) {
          try {
            return await once(url, options)
          } catch (error) {
            if (attempt >= retries || !passes(error, options.method)) throw error
            await pause(pauseBefore(attempt, error), options.signal)
          }
        }
      })
    },
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

function passes(error: unknown, method = 'GET'): boolean {
  if (method !== 'GET' || !(error instanceof KubeError)) return false
  if (error.failure === 'server') return true
  return error.failure === 'unreachable' && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET'
}

/** Twice as long each time, with a random part so that callers do not come back together; longer when the server asks for it. */
function pauseBefore(attempt: number, error: unknown): number {
  const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0
  return Math.min(mostPauseMs, Math.max(asked, backoffMs * 2 ** attempt * (1 + Math.random())))
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
