import type { FrontAnswer } from '../front/front.ts'
import type { Upstream } from '../front/upstream.ts'
import { readJson } from './answers.ts'
import type { Fields } from './fields.ts'
import { nameThread, type Message } from './history.ts'

/** What the stand-in reads of a channel. */
export interface Channel {
  id: string
  name: string
  is_channel: boolean
  is_member: boolean
}

/** The emulator's Slack, spoken to as the holder of one token. */
export interface SlackClient {
  /** Calls a method with JSON arguments. */
  call: (method: string, fields: Fields) => Promise<FrontAnswer>
  /** Finds a channel by ID, name or #name. */
  channel: (reference: string) => Promise<Channel | undefined>
  /** Every message of a channel outside of threads, newest first. */
  history: (channel: string) => Promise<Message[]>
  /** A thread with its root, oldest first; empty when there is no such message. */
  thread: (channel: string, ts: string) => Promise<Message[]>
}

/** The emulator's largest page. */
const pageSize = 1000

/** Talks to the emulator with the given token. */
export function createClient(upstream: Upstream, token: string): SlackClient {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

  function call(method: string, fields: Fields): Promise<FrontAnswer> {
    return upstream.call('POST', `/api/${method}`, { headers, body: JSON.stringify(fields) })
  }

  async function all<T>(method: string, key: string, fields: Fields): Promise<T[]> {
    const items: T[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const answer = readJson(await call(method, { ...fields, cursor, limit: pageSize }))
      const page = answer as { response_metadata?: { next_cursor?: string } } & Record<string, T[] | undefined>
      items.push(...(page[key] ?? []))
      cursor = page.response_metadata?.next_cursor || undefined
    }
    return items
  }

  async function messages(method: string, fields: Fields): Promise<Message[]> {
    return (await all<Message>(method, 'messages', fields)).map(nameThread)
  }

  async function channel(reference: string): Promise<Channel | undefined> {
    const types = 'public_channel,private_channel,im,mpim'
    const channels = await all<Channel>('conversations.list', 'channels', { types })
    return channels.find(({ id, name }) => id === reference || name === reference.replace(/^#/, ''))
  }

  return {
    call,
    channel,
    history: (id) => messages('conversations.history', { channel: id }),
    thread: (id, ts) => messages('conversations.replies', { channel: id, ts }),
  }
}
