import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { takeFault, type FaultEffect, type FaultRule } from './faults.ts'
import { authenticate, authorize, denial } from './identity.ts'
import { errorReply, type Reply } from './reply.ts'
import { readRequest, verbOf, type ApiRequest } from './request.ts'
import { route } from './routes.ts'
import { StatusError } from './status.ts'

/** One finished request: bytes are those of the response body. */
export interface RequestLogEntry {
  method: string
  /** With the query. */
  path: string
  status: number
  bytes: number
}

export interface ServerOptions {
  cluster: Cluster
  faults: FaultRule[]
  requests: RequestLogEntry[]
}

/** How much of a long list is collected before it is written. */
const chunkLength = 64 * 1024
/** As the real server limits what it reads. */
const largestBody = 3 * 1024 * 1024

/** What answers the requests to a cluster, noting each and doing what the faults say. */
export function requestListener(options: ServerOptions): RequestListener {
  return (incoming, response) => {
    serve(options, incoming, response).catch(() => response.destroy())
  }
}

async function serve(options: ServerOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const entry = { method: incoming.method ?? '', path: incoming.url ?? '', status: 0, bytes: 0 }
  options.requests.push(entry)
  const closed = new AbortController()
  response.on('close', () => closed.abort())
  const { reply, fault } = await answer(options, incoming, closed.signal)
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'delay') await setTimeout(fault.milliseconds, undefined, { signal: closed.signal })
  entry.status = reply.status
  await send(response, reply, incoming.method === 'HEAD', fault?.kind === 'cut' ? fault.afterBytes : undefined, entry)
}

interface Answer {
  reply: Reply
  fault: FaultEffect | undefined
}

async function answer(options: ServerOptions, incoming: IncomingMessage, closed: AbortSignal): Promise<Answer> {
  let fault: FaultEffect | undefined
  try {
    const request = readRequest(incoming, await readBody(incoming))
    fault = takeFault(options.faults, request)
    const identity = authenticate(request.headers.authorization)
    if (fault?.kind === 'answer') throw faultError(fault, request, identity)
    authorize(identity, request)
    return { reply: route(options.cluster, request, { identity, closed }), fault }
  } catch (error) {
    if (error instanceof StatusError) return { reply: errorReply(error), fault }
    const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`
    return { reply: errorReply(new StatusError(500, 'InternalError', message)), fault }
  }
}

const reasons: Record<number, [string, string]> = {
  401: ['Unauthorized', 'Unauthorized'],
  429: ['TooManyRequests', 'The apiserver is busy, please try again later.'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'The server is currently unable to handle the request'],
  504: ['Timeout', 'Timeout: request did not complete within the allotted duration'],
}

function faultError(
  fault: Extract<FaultEffect, { kind: 'answer' }>,
  request: ApiRequest,
  identity: ReturnType<typeof authenticate>,
): StatusError {
  if (fault.status === 403 && fault.message === undefined) {
    return denial(identity, verbOf(request), request.path, request.target)
  }
  const [reason, message] = reasons[fault.status] ?? ['InternalError', 'fault']
  return new StatusError(fault.status, fault.reason ?? reason, fault.message ?? message, {}, fault.retryAfterSeconds)
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) {
      const message = `Request entity too large: limit is ${largestBody}`
      throw new StatusError(413, 'RequestEntityTooLarge', message, {})
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function send(
  response: ServerResponse,
  reply: Reply,
  headOnly: boolean,
  cutAfter: number | undefined,
  entry: RequestLogEntry,
): Promise<void> {
  const headers = { 'Audit-Id': randomUUID(), 'Cache-Control': 'no-cache, private', 'Content-Type': reply.contentType }
  response.writeHead(reply.status, { ...headers, ...reply.headers })
  if (headOnly) return void response.end()
  // A watch must show its headers before its first event.
  response.flushHeaders()
  await pipeline(counted(inChunks(reply.body), entry, cutAfter), response)
}

/** Collects small pieces; those of a watch go out one by one, as they happen. */
async function* inChunks(body: Reply['body']): AsyncIterable<string> {
  if (Symbol.asyncIterator in body) return yield* body
  let pending = ''
  for (const piece of body) {
    pending += piece
    if (pending.length < chunkLength) continue
    yield pending
    pending = ''
  }
  yield pending
}

/** Counts the bytes of the body, and breaks off after so many when a fault says so. */
async function* counted(
  chunks: AsyncIterable<string>,
  entry: RequestLogEntry,
  cutAfter: number | undefined,
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk)
    const room = (cutAfter ?? Number.POSITIVE_INFINITY) - entry.bytes
    const shown = bytes.subarray(0, Math.min(bytes.length, room))
    entry.bytes += shown.length
    yield shown
  }
  if (cutAfter !== undefined) throw new Error('the connection is cut here')
}
