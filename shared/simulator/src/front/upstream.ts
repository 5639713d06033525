import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { createEmulator, type Emulator, type SeedConfig } from 'emulate'
import type { FrontAnswer } from './front.ts'

export type { SeedConfig } from 'emulate'

/** The emulator's built-in service behind a front. */
export interface Upstream {
  /** Sends one request. `path` is a request target with its query. */
  call: (
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: Buffer | string },
  ) => Promise<FrontAnswer>
  close: () => Promise<void>
}

/** Headers that belong to one connection (RFC 9110, section 7.6.1), or that are worked out again. Host travels on: links are made from it. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'])

const attempts = 5

/**
 * Starts one of the emulator's services on a free loopback port.
 * `baseUrl` is what the service writes into links: the front's address.
 */
export async function startUpstream(options: {
  service: 'github' | 'slack'
  baseUrl: string
  seed: SeedConfig
}): Promise<Upstream> {
  const { port, emulator } = await listenSomewhere(options)
  const agent = new Agent({ keepAlive: true })

  return {
    call: (method, path, { headers = {}, body = '' } = {}) =>
      new Promise((resolve, reject) => {
        const target = { host: '127.0.0.1', port, method, path, agent }
        const length = { 'content-length': String(Buffer.byteLength(body)) }
        const outgoing = httpRequest({ ...target, headers: { ...headers, ...(body.length > 0 ? length : {}) } })
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => void readAnswer(incoming).then(resolve, reject))
        outgoing.end(body)
      }),
    close: async () => {
      agent.destroy()
      await emulator.close()
    },
  }
}

/** The headers of a request or an answer that travel on to the other side, as single strings. */
export function passHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || connectionHeaders.has(name)) continue
    passed[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return passed
}

async function readAnswer(incoming: IncomingMessage): Promise<FrontAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return {
    status: incoming.statusCode ?? 500,
    headers: passHeaders(incoming.headers),
    body: Buffer.concat(chunks),
  }
}

/**
 * The emulator tells its base URL, not its port, once a base URL is given: so the port is chosen here.
 * Somebody else may take it in between, hence the attempts.
 */
async function listenSomewhere(options: {
  service: 'github' | 'slack'
  baseUrl: string
  seed: SeedConfig
}): Promise<{ port: number; emulator: Emulator }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return { port, emulator: await createEmulator({ ...options, port }) }
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!taken || attempt === attempts) throw error
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
