import type { Fault } from './front/faults.ts'
import { startFront, type FrontAnswer, type FrontRequest, type RequestRecord, type Service } from './front/front.ts'
import { passHeaders, startUpstream, type Upstream } from './front/upstream.ts'
import { asSlack, error, ok } from './slack/answers.ts'
import { createClient } from './slack/client.ts'
import { readFields, textOf } from './slack/fields.ts'
import type { Message } from './slack/history.ts'
import { methods, type Caller } from './slack/methods.ts'
import { createSocketMode, type Press, type SocketMode } from './slack/socket-mode.ts'
import { bot, join, meet, readChannel, seedOf, type Person } from './slack/workspace.ts'

export type { Fault } from './front/faults.ts'
export type { Message } from './slack/history.ts'
export type { Press } from './slack/socket-mode.ts'
export type { Person } from './slack/workspace.ts'

/** What to start. */
export interface SlackOptions {
  /** Names without #. The bot is a member of each, and so is everybody in `people`. */
  channels: string[]
  /** The bot's token. */
  token?: string
  /** Names of people in the workspace besides the bot. */
  people?: string[]
  /** Any free one when left out. */
  port?: number
}

/** A Slack API on loopback. */
export interface SlackStandIn {
  /** The base URL; the API is at `url + '/api/'`, and `url + '/'` shows the messages to a browser. */
  url: string
  token: string
  /** The app-level token, for Socket Mode. */
  appToken: string
  people: Person[]
  /** Every request that came through the front, oldest first; status 0 where no answer was sent. */
  requests: RequestRecord[]
  /** Failures to inject; push and remove at will. */
  faults: Fault[]
  /** Everything that stands in a channel (name, #name or ID), oldest first, threads included. */
  messages: (channel: string) => Promise<Message[]>
  /** Presses a button; see SocketMode.press. */
  press: (press: Press) => Promise<boolean>
  /** How many Socket Mode connections stand. */
  connections: () => number
  /** Ends the connections as Slack does every few hours. */
  recycle: () => void
  close: () => Promise<void>
}

const appToken = 'xapp-kubevigil-stand-in'

/** Starts a Slack stand-in: the emulator's Slack with a front that is as strict as the real one. */
export async function startSlack(options: SlackOptions): Promise<SlackStandIn> {
  const token = options.token ?? 'xoxb-kubevigil-stand-in'
  const names = options.people ?? []
  const sockets = createSocketMode()
  const front = await startFront({
    ...(options.port === undefined ? {} : { port: options.port }),
    open: async (url) => {
      const seed = seedOf(options.channels, token, names)
      const upstream = await startUpstream({ service: 'slack', baseUrl: url, seed })
      const client = createClient(upstream, token)
      const [people] = await Promise.all([
        Promise.all(names.map((name) => meet(upstream, name))),
        ...options.channels.map((name) => join(client, name)),
      ])
      const callers = people.map((person): [string, Caller] => [
        person.token,
        { client: createClient(upstream, person.token) },
      ])
      return { ...createService(upstream, sockets, new Map([...callers, [token, { client, bot }]])), client, people }
    },
  })
  const { client, people } = front.service
  return {
    url: front.url,
    token,
    appToken,
    people,
    requests: front.requests,
    faults: front.faults,
    messages: (channel) => readChannel(client, channel),
    press: sockets.press,
    connections: sockets.connections,
    recycle: sockets.recycle,
    async close() {
      await sockets.close()
      await front.close()
    },
  }
}

function createService(upstream: Upstream, sockets: SocketMode, callers: Map<string, Caller>): Service {
  async function handle(request: FrontRequest): Promise<FrontAnswer> {
    const [, method] = /^\/api\/([\w.]+)$/.exec(request.url.pathname) ?? []
    return method === undefined ? pass(request) : asSlack(await respond(request, method))
  }

  async function respond(request: FrontRequest, method: string): Promise<FrontAnswer> {
    const fields = readFields(request)
    const token = request.headers.authorization?.replace(/^bearer\s+/i, '').trim() || textOf(fields, 'token')
    if (method === 'api.test') return ok({ args: fields })
    if (token === '') return error('not_authed')
    // The app's own token opens connections and does nothing else; no other token opens one.
    const isApp = token === appToken
    if (isApp !== (method === 'apps.connections.open') && (isApp || callers.has(token)))
      return error('not_allowed_token_type')
    if (isApp) return ok({ url: await sockets.address() })
    const caller = callers.get(token)
    if (caller === undefined) return error('invalid_auth')
    const own = methods[method]
    if (own !== undefined) return own(caller, fields)
    // Slack takes every method as GET too; the emulator knows most as POST alone.
    const authorization = `Bearer ${token}`
    const answer = await (request.method === 'GET'
      ? caller.client.call(method, fields)
      : pass(request, { authorization }))
    return answer.status === 404 ? error('unknown_method', { req_method: method }) : answer
  }

  function pass({ method, path, headers, body }: FrontRequest, more: object = {}): Promise<FrontAnswer> {
    return upstream.call(method, path, { headers: { ...passHeaders(headers), ...more }, body })
  }

  return { handle, close: upstream.close }
}
