import type { Answer, Channel, Content, Failure, SlackApi } from '../slack/api.ts'

export interface FakeMessage extends Content {
  channelId: string
  threadTs: string | null
  broadcast: boolean
  ts: string
  edits: number
}

/** Slack in memory, for tests: what is posted, and what goes wrong. */
export interface FakeSlack extends SlackApi {
  messages: FakeMessage[]
  calls: string[]
  /** Taken one a call of `post` or `update`; undefined: nothing goes wrong; `lost` acts and then fails. */
  faults: (Failure | { kind: 'lost' } | undefined)[]
  mayRead: boolean
  /** User ids by reaction, by the ts of the message. */
  reacted: Map<string, Map<string, string[]>>
  /** When each post or update began, by channel: what Slack's pace is held against. */
  began: { channel: string; at: number }[]
}

/** Makes one with the given channels; ids are `C0000000` and a digit, in their order. */
export function createFakeSlack(names: readonly string[], now: () => number): FakeSlack {
  const channels: Channel[] = names.map((name, index) => ({ id: `C0000000${index}`, name, member: true, topic: '' }))
  const unsure: Failure = { kind: 'unsure', reason: 'the answer was lost' }
  let count = 0

  function act<T>(fake: FakeSlack, name: string, run: () => Answer<T>): Answer<T> {
    fake.calls.push(name)
    const fault = fake.faults.shift()
    if (fault === undefined) return run()
    if (fault.kind !== 'lost') return { ok: false, failure: fault }
    run()
    return { ok: false, failure: unsure }
  }

  const fake: FakeSlack = {
    messages: [],
    calls: [],
    faults: [],
    mayRead: true,
    reacted: new Map(),
    began: [],
    post: async ({ channel, ...message }) => {
      fake.began.push({ channel, at: now() })
      return act(fake, 'post', () => {
        const found = channels.find(({ id, name }) => id === channel || `#${name}` === channel)
        if (found === undefined) return refused('channel_not_found')
        const ts = `${Math.floor(now() / 1000)}.${String(++count).padStart(6, '0')}`
        fake.messages.push({ ...message, channelId: found.id, ts, edits: 0 })
        return { ok: true, value: { channelId: found.id, ts } }
      })
    },
    update: async ({ channelId, ts, ...content }) => {
      fake.began.push({ channel: channelId, at: now() })
      return act(fake, 'update', () => {
        const message = fake.messages.find((candidate) => candidate.channelId === channelId && candidate.ts === ts)
        if (message === undefined) return refused('message_not_found')
        Object.assign(message, content, { edits: message.edits + 1 })
        return { ok: true, value: undefined }
      })
    },
    async read({ channelId, threadTs, oldest = 0, limit }) {
      fake.calls.push('read')
      if (!fake.mayRead) return refused('missing_scope')
      const messages = fake.messages
        .filter((message) => message.channelId === channelId && message.threadTs === threadTs)
        .filter(({ ts }) => Number(ts) * 1000 >= oldest)
        .slice(0, limit)
        .map(({ ts, text }) => ({ ts, author: 'kubevigil', bot: true, text, replies: 0 }))
      return { ok: true, value: { messages, nextCursor: undefined } }
    },
    async findOwn({ channelId, threadTs, key, oldest }) {
      fake.calls.push('findOwn')
      if (!fake.mayRead) return refused('missing_scope')
      const own = fake.messages.find(
        (message) =>
          message.channelId === channelId &&
          message.threadTs === threadTs &&
          message.mark.key === key &&
          Number(message.ts) * 1000 > oldest,
      )
      return { ok: true, value: { ts: own?.ts, nextCursor: undefined } }
    },
    async permalink({ channelId, ts }) {
      fake.calls.push('permalink')
      return { ok: true, value: `https://slack.example/archives/${channelId}/p${ts.replace('.', '')}` }
    },
    async reactions({ ts }) {
      fake.calls.push('reactions')
      return { ok: true, value: fake.reacted.get(ts) ?? new Map<string, string[]>() }
    },
    async listChannels() {
      fake.calls.push('listChannels')
      return { ok: true, value: { channels, nextCursor: undefined } }
    },
  }
  return fake
}

function refused(code: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind: 'refused', code } }
}
