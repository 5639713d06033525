import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSlack, type SlackStandIn } from '../slack.ts'
import { send } from '../front/testing.ts'

type Answer = { ok: boolean; error?: string; ts: string; channel: string; [more: string]: unknown }

let slack: SlackStandIn
let alerts: string

beforeAll(async () => {
  slack = await startSlack({ channels: ['alerts', 'quiet'], people: ['alex'] })
  const { channels } = (await call('conversations.list', {})) as unknown as { channels: { id: string; name: string }[] }
  alerts = channels.find(({ name }) => name === 'alerts')?.id ?? ''
})

beforeEach(() => {
  slack.faults.length = 0
})

afterAll(() => slack.close())

async function call(method: string, fields: object, token: string | undefined = slack.token): Promise<Answer> {
  return (await send(`${slack.url}/api/${method}`, { token, body: fields })).body as Answer
}

function post(fields: object): Promise<Answer> {
  return call('chat.postMessage', { channel: alerts, text: 'hello', ...fields })
}

test('tells a missing token from an unknown one', async () => {
  expect(await call('auth.test', {}, 'xoxb-other')).toEqual({ ok: false, error: 'invalid_auth' })
  expect((await send(`${slack.url}/api/auth.test`, { body: {} })).body).toEqual({ ok: false, error: 'not_authed' })
  expect(await call('auth.test', {})).toMatchObject({ ok: true, user: 'kubevigil', bot_id: 'B0KUBEVIGIL' })
})

test('takes form bodies, with a token and JSON text in them', async () => {
  const blocks = JSON.stringify([{ type: 'divider' }])
  const body = new URLSearchParams({ token: slack.token, channel: '#quiet', text: 'form', blocks })
  const answer = await fetch(`${slack.url}/api/chat.postMessage`, { method: 'POST', body })
  expect(await answer.json()).toMatchObject({ ok: true, message: { text: 'form', blocks: [{ type: 'divider' }] } })
})

test('takes reading methods as GET', async () => {
  const { body } = await send(`${slack.url}/api/conversations.list?limit=1`, { token: slack.token })
  expect(body).toMatchObject({ ok: true })
})

test('posts by #name as a bot, with metadata, into a thread, and shows all of it', async () => {
  const metadata = { event_type: 'incident', event_payload: { fingerprint: 'abc' } }
  const root = await post({ channel: '#alerts', text: 'root', metadata })
  expect(root).toMatchObject({ ok: true, channel: alerts, message: { bot_id: 'B0KUBEVIGIL', app_id: 'A0KUBEVIGIL' } })
  const reply = await post({ text: 'reply', thread_ts: root.ts })
  await call('chat.update', { channel: alerts, ts: root.ts, text: 'root, edited' })

  const standing = await slack.messages('alerts')
  expect(standing.slice(-2)).toMatchObject([
    { ts: root.ts, text: 'root, edited', thread_ts: root.ts, metadata, edited: { user: 'U0KUBEVIGIL' } },
    { ts: reply.ts, text: 'reply', thread_ts: root.ts },
  ])
  expect(await call('conversations.history', { channel: alerts, limit: 1 })).not.toHaveProperty('messages.0.metadata')
  const window = { channel: alerts, oldest: root.ts, latest: root.ts, inclusive: true, include_all_metadata: true }
  expect(await call('conversations.history', window)).toMatchObject({ messages: [{ ts: root.ts, metadata }] })
  expect(await call('conversations.replies', { channel: alerts, ts: root.ts })).toMatchObject({
    messages: [{ ts: root.ts, reply_count: 1 }, { ts: reply.ts }],
  })
})

test('refuses what Slack refuses', async () => {
  const missing = '1700000000.000001'
  const wide = Array.from({ length: 51 }, () => ({ type: 'divider' }))
  const { ts } = await post({})
  expect(await post({ thread_ts: missing })).toMatchObject({ error: 'thread_not_found' })
  expect(await call('conversations.replies', { channel: alerts, ts: missing })).toMatchObject({
    error: 'thread_not_found',
  })
  expect(await post({ channel: '#nowhere' })).toMatchObject({ error: 'channel_not_found' })
  expect(await post({ channel: 'general' })).toMatchObject({ error: 'not_in_channel' })
  expect(await post({ text: '' })).toMatchObject({ error: 'no_text' })
  expect(await post({ metadata: { event_type: 'x' } })).toMatchObject({ error: 'invalid_metadata_format' })
  expect(await post({ blocks: wide })).toMatchObject({
    error: 'invalid_blocks',
    response_metadata: { messages: ['[ERROR] no more than 50 items allowed [json-pointer:/blocks]'] },
  })
  const update = { channel: alerts, ts, text: 'x' }
  expect(await call('chat.update', { ...update, blocks: wide })).toMatchObject({ error: 'invalid_blocks' })
  expect(await call('chat.update', { ...update, channel: '#alerts' })).toMatchObject({ error: 'channel_not_found' })
  expect(await call('chat.update', { ...update, ts: missing })).toMatchObject({ error: 'message_not_found' })
  expect(await call('search.messages', { query: 'x' })).toMatchObject({ error: 'unknown_method' })
})

test('lets people react and answer as themselves', async () => {
  const [alex] = slack.people
  const { ts } = await post({ text: 'approve?' })
  const reaction = { channel: alerts, timestamp: ts, name: 'white_check_mark' }
  expect(await call('reactions.add', reaction, alex?.token)).toMatchObject({ ok: true })
  expect(await call('reactions.get', { channel: alerts, timestamp: ts })).toMatchObject({
    message: { reactions: [{ name: 'white_check_mark', users: [alex?.id] }] },
  })
  expect(await call('chat.update', { channel: alerts, ts, text: 'x' }, alex?.token)).toMatchObject({
    error: 'cant_update_message',
  })
  const said = await call('chat.postMessage', { channel: 'alerts', text: 'yes', thread_ts: ts }, alex?.token)
  expect(said).toMatchObject({ ok: true, message: { user: alex?.id } })
  expect(said['message']).not.toHaveProperty('bot_id')
})

test('a lost answer leaves the message standing', async () => {
  slack.faults.push({ match: { path: '/api/chat.postMessage' }, times: 1, action: { kind: 'drop-after' } })
  await expect(post({ text: 'lost' })).rejects.toThrow('fetch failed')
  expect((await slack.messages(alerts)).at(-1)?.text).toBe('lost')
  expect(slack.requests.at(-1)).toEqual({ method: 'POST', path: '/api/chat.postMessage', status: 0 })
})

test('knows only its own channels', async () => {
  await expect(slack.messages('nowhere')).rejects.toThrow('no channel nowhere')
})
