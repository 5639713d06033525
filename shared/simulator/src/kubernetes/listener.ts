import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { makeCertificate } from './certificate.ts'

/** One loopback port that speaks both HTTP and HTTPS. */
export interface Listener {
  /** `127.0.0.1:PORT`. */
  address: string
  /** The certificate to trust for HTTPS, PEM. */
  certificate: string
  /** Stops listening and breaks every connection. */
  close(): Promise<void>
}

/** The first byte of a TLS connection: a handshake record. */
const tlsHandshake = 0x16

/** Listens on 127.0.0.1; port 0 takes a free one. A connection's first byte says whether it is TLS. */
export async function listenOnLoopback(handler: RequestListener, port: number): Promise<Listener> {
  const certificate = makeCertificate()
  const plain = createHttpServer(handler)
  const secure = createHttpsServer(certificate, handler)
  for (const server of [plain, secure]) server.on('clientError', (_, socket) => socket.end(badRequest))
  const sockets = new Set<Socket>()

  const front = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.once('data', (bytes: Buffer) => {
      socket.pause()
      socket.unshift(bytes)
      const server: Server = bytes[0] === tlsHandshake ? secure : plain
      server.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
  front.listen(port, '127.0.0.1')
  await once(front, 'listening')
  return {
    address: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    certificate: certificate.cert,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const badRequest =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request'
