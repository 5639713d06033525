import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeFault, type Fault } from './faults.ts'

/** A request as a stand-in sees it: whole, with its body read. */
export interface FrontRequest {
  method: string
  /** The request target: path with query. */
  path: string
  /** The same target, resolved against the front's address. */
  url: URL
  headers: IncomingHttpHeaders
  body: Buffer
}

/** An answer as a stand-in gives it. Header names are lower case. */
export interface FrontAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer | string
}

/** One line of the request log. `status` is 0 while there is no answer, and stays 0 if none was sent. */
export interface RequestRecord {
  method: string
  path: string
  status: number
}

/** What answers behind a front. */
export interface Service {
  handle: (request: FrontRequest) => Promise<FrontAnswer>
  close: () => Promise<void>
}

/** A listening front with its log and its faults. */
export interface Front<S extends Service> {
  url: string
  service: S
  requests: RequestRecord[]
  faults: Fault[]
  /** Ends every connection at once, then closes the service behind. */
  close: () => Promise<void>
}

/**
 * Listens on loopback, logs every request, injects faults, and hands the rest to a service.
 * `open` gets the front's own address, so that what the service links to leads back through the front.
 * Port 0 (the default) takes any free one.
 */
export async function startFront<S extends Service>(options: {
  port?: number
  open: (url: string) => Promise<S>
}): Promise<Front<S>> {
  const requests: RequestRecord[] = []
  const faults: Fault[] = []
  const stopping = new AbortController()
  const opened = Promise.withResolvers<S>()
  // Nobody may be waiting when `open` fails; the caller gets that failure from the await below.
  opened.promise.catch(() => undefined)

  const server = createServer((incoming, outgoing) => {
    const record = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', status: 0 }
    requests.push(record)
    serve(incoming, outgoing, record).catch((error: unknown) => fail(outgoing, record, error))
  })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse, record: RequestRecord): Promise<void> {
    const fault = takeFault(faults, record.method, record.path)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'drop') return void incoming.socket.destroy()
    const body = await readBody(incoming)
    if (fault?.kind === 'status') return send(outgoing, record, statusAnswer(fault))
    if (fault?.kind === 'delay') await sleep(fault.ms, undefined, { signal: stopping.signal })
    const service = await opened.promise
    const { method, path } = record
    const answer = await service.handle({ method, path, url: new URL(path, url), headers: incoming.headers, body })
    if (fault?.kind === 'drop-after') return void incoming.socket.destroy()
    send(outgoing, record, answer)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function stopListening(): Promise<void> {
    stopping.abort()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  try {
    const service = await options.open(url)
    opened.resolve(service)
    const close = async (): Promise<void> => {
      await stopListening()
      await service.close()
    }
    return { url, service, requests, faults, close }
  } catch (error) {
    opened.reject(error)
    await stopListening()
    throw error
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function statusAnswer(fault: { status: number; body?: unknown; headers?: Record<string, string> }): FrontAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...fault.headers }
  return { status: fault.status, headers, body: fault.body === undefined ? '' : JSON.stringify(fault.body) }
}

function send(outgoing: ServerResponse, record: RequestRecord, answer: FrontAnswer): void {
  if (outgoing.destroyed) return
  record.status = answer.status
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  outgoing.end(record.method === 'HEAD' ? undefined : answer.body)
}

/** A stand-in that breaks should say so in the test that met it: 500 with the error's text. */
function fail(outgoing: ServerResponse, record: RequestRecord, error: unknown): void {
  if (outgoing.destroyed || outgoing.headersSent) return
  const message = error instanceof Error ? error.message : String(error)
  send(outgoing, record, statusAnswer({ status: 500, body: { message: `stand-in failed: ${message}` } }))
}
