import { expect, test } from 'vitest'
import type { SlackContext } from '../context.ts'
import type { Answer, Failure, MessagePage, SlackApi, SlackMessage } from '../slack/api.ts'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { readChannel } from './read-channel.ts'

const call = { signal: new AbortController().signal, progress: () => {} }
const message: SlackMessage = { ts: '1795183380.000100', author: 'U1', bot: false, text: 'hi', replies: 2 }

function contextWith(...answers: Answer<MessagePage>[]): { context: SlackContext; asked: object[] } {
  const asked: object[] = []
  const read: SlackApi['read'] = async (page) => {
    asked.push(page)
    return answers[asked.length - 1] ?? answers.at(-1)!
  }
  const known = new Map([['alerts', 'C00000000']])
  const ids = {
    find: async (name: string) => ({ ok: true as const, value: known.get(name) }),
    keep: () => {},
    forget: () => true,
  }
  const outbox = { ids, drain: async () => {} } as unknown as SlackContext['outbox']
  const policy = createChannelPolicy('general', ['alerts', 'general'])
  return { context: { outbox, slack: { read } as unknown as SlackApi, policy } as SlackContext, asked }
}

function page(messages: SlackMessage[], nextCursor?: string): Answer<MessagePage> {
  return { ok: true, value: { messages, nextCursor } }
}

function failing(failure: Failure): SlackContext {
  return contextWith({ ok: false, failure }).context
}

test('compact rows; what people wrote calls nobody and shows no secret', async () => {
  const text = '<!here> <@U2> look: a &lt;!channel&gt; &amp; password=hunter2hunter2\nnext'
  const { context, asked } = contextWith(page([{ ...message, text, author: '<@U1|Ari>\n' }], 'more'))
  const answer = await readChannel.run({ channel: '#Alerts', since: '2026-11-20T14:00:00Z', limit: 20 }, context, call)
  expect(answer).toEqual({
    channel: '#alerts',
    messages: [
      {
        ts: message.ts,
        time: '2026-11-20T14:03:00Z',
        author: 'Ari',
        bot: false,
        text: 'here U2 look: a channel & password=<redacted:password>\nnext',
        replies: 2,
      },
    ],
    nextCursor: 'more',
  })
  const oldest = Date.parse('2026-11-20T14:00:00Z')
  expect(asked).toEqual([{ channelId: 'C00000000', threadTs: null, oldest, limit: 20, cursor: undefined }])
})

test('the largest page fits and leaves no row out, because a cursor would skip it', async () => {
  const wild = { ...message, author: '"'.repeat(90), text: '"\n'.repeat(4000) }
  const { context } = contextWith(page(Array.from({ length: 40 }, () => wild)))
  const answer = await readChannel.run({ channel: 'alerts', limit: 40 }, context, call)
  expect(answer.messages).toHaveLength(40)
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
})

test('only allowed channels, the one that was asked for', async () => {
  const { context, asked } = contextWith(page([]))
  await expect(readChannel.run({ channel: '#random', limit: 20 }, context, call)).rejects.toThrow(
    '#random is not a channel this server may read.',
  )
  expect(asked).toEqual([])
})

test('an id that Slack does not know any more is looked up anew, once', async () => {
  const gone: Answer<MessagePage> = { ok: false, failure: { kind: 'refused', code: 'channel_not_found' } }
  const healed = contextWith(gone, page([message]))
  expect((await readChannel.run({ channel: 'alerts', limit: 20 }, healed.context, call)).messages).toHaveLength(1)
  const lost = contextWith(gone)
  await expect(readChannel.run({ channel: 'alerts', limit: 20 }, lost.context, call)).rejects.toThrow(
    'no channel #alerts',
  )
  expect(lost.asked).toHaveLength(2)
})

test('failures are sentences', async () => {
  const read = (context: SlackContext) => readChannel.run({ channel: 'alerts', limit: 20 }, context, call)
  await expect(
    read(failing({ kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: 30_000 })),
  ).rejects.toMatchObject({ message: 'Slack limits how often it is read.', hint: 'Try again in 30s.' })
  await expect(read(failing({ kind: 'unsure', reason: 'Slack answered HTTP 503' }))).rejects.toThrow('HTTP 503')
  await expect(read(failing({ kind: 'refused', code: 'missing_scope', needed: 'channels:history' }))).rejects.toThrow(
    'lacks a permission: channels:history',
  )
  await expect(read(failing({ kind: 'refused', code: 'thread_not_found' }))).rejects.toThrow(
    'no such thread in #alerts',
  )
  const silent = { ...contextWith(page([])).context, slack: undefined }
  await expect(read(silent)).rejects.toThrow('SLACK_BOT_TOKEN is not set')
  const { context } = contextWith(page([]))
  await expect(readChannel.run({ channel: 'alerts', since: 'today', limit: 20 }, context, call)).rejects.toThrow(
    'which is no instant',
  )
})
