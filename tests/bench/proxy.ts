import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A port on loopback. */
export interface Listening {
  port: number
  /** Bytes that went from the server to its client so far. */
  bytes: () => number
  close: () => void
}

/** Passes connections on to a port of loopback and counts what comes back: TLS and HTTP headers included. */
export async function countingProxy(target: number): Promise<Listening> {
  let bytes = 0
  const listening = await listen((socket) => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    socket.pipe(upstream).pipe(socket)
    upstream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  })
  return { ...listening, bytes: () => bytes }
}

/** Accepts connections and never says a word. */
export async function silentServer(): Promise<Listening> {
  return { ...(await listen(() => {})), bytes: () => 0 }
}

async function listen(onSocket: (socket: Socket) => void): Promise<Pick<Listening, 'port' | 'close'>> {
  const open = new Set<Socket>()
  // Small pieces go on at once: held back, they wait for an acknowledgement that comes 40 ms later.
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
