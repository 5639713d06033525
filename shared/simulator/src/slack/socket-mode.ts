import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { bot } from './workspace.ts'

/** Somebody presses a button. */
export interface Press {
  /** User id of who presses. */
  user: string
  channelId: string
  ts: string
  action: string
  value: string
}

/** Slack's side of Socket Mode: connections that an app opens, on which it hears of pressed buttons. */
export interface SocketMode {
  /** A new address to connect to, as apps.connections.open gives it; each is good for one connection. */
  address: () => Promise<string>
  /** How many connections stand. */
  connections: () => number
  /** Sends a press to one connection. @returns whether it was acknowledged within Slack's three seconds; false without one */
  press: (press: Press) => Promise<boolean>
  /** Ends every connection, as Slack does every few hours. */
  recycle: () => void
  close: () => Promise<void>
}

const ackMs = 3000

/** Makes it; the listener opens with the first address that is asked for. */
export function createSocketMode(): SocketMode {
  const tickets = new Set<string>()
  const awaited = new Map<string, () => void>()
  let listening: Promise<WebSocketServer> | undefined

  async function listen(): Promise<WebSocketServer> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      verifyClient: ({ req }: { req: IncomingMessage }) => tickets.delete(req.url?.split('ticket=')[1] ?? ''),
    })
    server.on('connection', greet)
    await once(server, 'listening')
    return server
  }

  function greet(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => {
      const { envelope_id: id = '' } = JSON.parse(data.toString()) as { envelope_id?: string }
      awaited.get(id)?.()
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: bot.app_id } }))
  }

  let server: WebSocketServer | undefined
  return {
    async address() {
      server = await (listening ??= listen())
      const ticket = randomUUID()
      tickets.add(ticket)
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link/?ticket=${ticket}`
    },
    connections: () => server?.clients.size ?? 0,
    async press(press) {
      const socket = [...(server?.clients ?? [])].at(-1)
      if (socket === undefined) return false
      const envelope = envelopeOf(press)
      const acknowledged = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), ackMs)
        awaited.set(envelope.envelope_id, () => {
          clearTimeout(timer)
          resolve(true)
        })
      })
      socket.send(JSON.stringify(envelope))
      return acknowledged.finally(() => awaited.delete(envelope.envelope_id))
    },
    recycle() {
      for (const socket of server?.clients ?? [])
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
    },
    async close() {
      for (const socket of server?.clients ?? []) socket.terminate()
      if (server === undefined) return
      server.close()
      await once(server, 'close')
    },
  }
}

/** A press as Slack tells an app of it (docs.slack.dev, block_actions payload). */
function envelopeOf({ user, channelId, ts, action, value }: Press) {
  return {
    envelope_id: randomUUID(),
    type: 'interactive',
    accepts_response_payload: true,
    payload: {
      type: 'block_actions',
      user: { id: user, username: user.toLowerCase() },
      api_app_id: bot.app_id,
      container: { type: 'message', message_ts: ts, channel_id: channelId, is_ephemeral: false },
      channel: { id: channelId },
      message: { ts },
      actions: [{ type: 'button', action_id: action, block_id: 'b', value, action_ts: ts }],
    },
  }
}
