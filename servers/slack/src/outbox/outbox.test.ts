import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '@kubevigil/core/notification'
import { hour, minute } from '@kubevigil/core/time'
import { openStore } from '@kubevigil/store/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { createFakeSlack, type FakeSlack } from './fake-slack.ts'
import { openOutbox, type OpenOutbox } from './testing.ts'
import { migrations } from './schema.ts'

const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#infrastructure-alerts',
  sev: 'SEV-2',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'web',
  title: 'web restarts',
  impact: 'Pages load slowly.',
  since: '2026-11-20T14:03:00Z',
  cause: 'not enough memory',
  evidence: ['restarted 6 times'],
  nextSteps: ['kubectl get pods'],
  rollback: [],
  change: null,
  owners: ['Ari'],
  explanation: '',
  covers: 0,
}

const policy = createChannelPolicy(undefined, ['critical-alerts', 'infrastructure-alerts'])
let folder: string
let time: number
let slack: FakeSlack
let opened: OpenOutbox[]

const clock = {
  now: () => time,
  sleep: async (ms: number) => {
    time += ms
  },
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubevigil-slack-'))
  time = Date.parse('2026-11-20T14:15:00Z')
  slack = createFakeSlack(['critical-alerts', 'infrastructure-alerts'], () => time)
  opened = []
})
afterEach(() => {
  for (const outbox of opened) outbox.close()
  rmSync(folder, { recursive: true })
})

async function open(options: Partial<Parameters<typeof openOutbox>[0]> = {}): Promise<OpenOutbox> {
  const outbox = await openOutbox({
    path: join(folder, 'slack.db'),
    incidentFolder: join(folder, 'incidents'),
    slack,
    policy,
    clock,
    ...options,
  })
  opened.push(outbox)
  return outbox
}

/** What stands in Slack: `channel text-before-the-first-dot (edits)`, replies indented, `!` for those shown in the channel. */
function shown(): string[] {
  return slack.messages.map(({ channelId, threadTs, broadcast, text, edits }) => {
    const place = threadTs === null ? channelId.slice(-1) : `  ${broadcast ? '!' : ''}`
    return `${place} ${text.split('.')[0]!.replaceAll(/<!date[^>]*>/g, 'DATE')}${edits > 0 ? ` (${edits})` : ''}`
  })
}

test('one message an incident: the same facts again send nothing, over restarts too', async () => {
  const first = await open()
  expect(await first.notify(outage)).toEqual({
    state: 'sent',
    channel: '#infrastructure-alerts',
    ts: slack.messages[0]!.ts,
    detail: '',
  })
  expect(await first.notify({ ...outage, state: 'ongoing' })).toMatchObject({
    state: 'unchanged',
    ts: slack.messages[0]!.ts,
  })
  expect(await (await open()).notify(outage)).toMatchObject({ state: 'unchanged' })
  expect(shown()).toEqual(['1 SEV-2 · web restarts'])
  expect(slack.messages[0]!.mark).toMatchObject({ kind: 'root', incident: outage.fingerprint })
})

test('changed facts edit the message and say in the thread what changed', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  expect(await outbox.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({
    state: 'updated',
    ts: slack.messages[0]!.ts,
  })
  expect(await outbox.notify({ ...outage, cause: 'limit lowered', evidence: ['restarted 7 times'] })).toMatchObject({
    state: 'updated',
  })
  expect(shown()).toEqual(['1 SEV-2 · web restarts (2)', '   *Cause* limit lowered'])
  expect(await outbox.notify(outage)).toMatchObject({ state: 'updated' })
  expect(shown()).toHaveLength(3)
})

test('a worse severity goes on where it belongs, and the old message says where', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  const worse = { ...outage, sev: 'SEV-1' as const, channel: '#critical-alerts', state: 'escalated' as const }
  expect(await outbox.notify(worse)).toMatchObject({ state: 'sent', channel: '#critical-alerts' })
  expect(shown()).toEqual([
    '1 *Worse*: it is SEV-1, continued in #critical-alerts: web restarts (1)',
    '0 <!here> SEV-1 · web restarts',
  ])
  // Better again: it stays in its thread.
  expect(await outbox.notify(outage)).toMatchObject({ state: 'updated', channel: '#critical-alerts' })
  expect(shown().slice(1)).toEqual(['0 SEV-2 · web restarts (1)', '   *Better* SEV-1 → SEV-2'])
})

test('worse in the same channel is shown there too, and calls people', async () => {
  const outbox = await open({ policy: createChannelPolicy('critical-alerts', ['critical-alerts']) })
  await outbox.notify(outage)
  await outbox.notify({ ...outage, sev: 'SEV-1' })
  expect(shown()).toEqual(['0 <!here> SEV-1 · web restarts (1)', '  ! <!here> *Worse* SEV-2 → SEV-1'])
})

test('resolved in place, once; unknown incidents are skipped', async () => {
  const outbox = await open()
  const end = { fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: 'rolled back' }
  expect(await outbox.resolve(end)).toMatchObject({ state: 'skipped', ts: null })
  await outbox.notify(outage)
  expect(await outbox.resolve(end)).toMatchObject({ state: 'resolved', ts: slack.messages[0]!.ts })
  expect(await outbox.resolve(end)).toMatchObject({ state: 'unchanged' })
  expect(shown()).toEqual(['1 Resolved after 37m · SEV-2 · web restarts (1)', '   *Resolved* DATE: rolled back'])
})

test('an end that waited is told as one', async () => {
  const outbox = await open()
  const end = { fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' }
  await outbox.notify(outage)
  slack.faults.push({ kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: 60_000 })
  expect(await outbox.resolve(end)).toMatchObject({ state: 'queued' })
  time += minute
  expect(await outbox.resolve(end)).toMatchObject({ state: 'resolved', detail: 'It had been waiting.' })
})

test('back within a day goes on in the old thread; later is a new message', async () => {
  const outbox = await open()
  const end = { fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' }
  await outbox.notify(outage)
  await outbox.resolve(end)
  time = Date.parse('2026-11-20T15:40:00Z')
  expect(await outbox.notify(outage)).toMatchObject({ state: 'updated' })
  expect(shown()).toEqual([
    '1 SEV-2 again · web restarts (2)',
    '   *Resolved* DATE',
    '  ! *Back again*, 60m after it was resolved: web restarts',
  ])
  await outbox.resolve({ ...end, resolvedAt: '2026-11-20T16:00:00Z' })
  time = Date.parse('2026-11-21T16:00:01Z')
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent', ts: slack.messages.at(-1)!.ts })
  expect(shown().at(-1)).toBe('1 SEV-2 · web restarts')
})

test('a lost answer is looked up before anything is sent again', async () => {
  const outbox = await open()
  slack.faults.push({ kind: 'lost' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent', ts: slack.messages[0]!.ts })
  slack.faults.push(undefined, { kind: 'lost' })
  await outbox.notify({ ...outage, cause: 'limit lowered' })
  expect(shown()).toEqual(['1 SEV-2 · web restarts (1)', '   *Cause* limit lowered'])
  expect(slack.calls).toEqual(['listChannels', 'post', 'findOwn', 'update', 'post', 'findOwn'])
})

test('an attempt that never arrived is made again after looking', async () => {
  const outbox = await open()
  slack.faults.push({ kind: 'unsure', reason: 'Slack answered HTTP 500' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(slack.calls).toEqual(['listChannels', 'post', 'findOwn', 'post'])
  expect(shown()).toHaveLength(1)
})

test('a bot that may not read still tells: better twice than never', async () => {
  const outbox = await open()
  slack.mayRead = false
  slack.faults.push({ kind: 'lost' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(shown()).toHaveLength(2)
})

test('a refusal after a lost answer does not make the doubt go away', async () => {
  const outbox = await open()
  slack.mayRead = false
  slack.faults.push({ kind: 'lost' }, { kind: 'refused', code: 'not_in_channel' })
  await expect(outbox.notify(outage)).rejects.toThrow('not_in_channel')
  slack.mayRead = true
  time += minute
  expect(await outbox.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ ts: slack.messages[0]!.ts })
  expect(shown().filter((text) => text.startsWith('1'))).toEqual(['1 SEV-2 · web restarts (1)'])
})

test('a clock some minutes ahead of Slack makes no second message', async () => {
  slack = createFakeSlack(['critical-alerts', 'infrastructure-alerts'], () => time - 4 * minute)
  const outbox = await open()
  slack.faults.push({ kind: 'lost' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent', ts: slack.messages[0]!.ts })
  expect(shown()).toHaveLength(1)
})

test('a short rate limit is waited for, a long one queues and is kept to', async () => {
  const outbox = await open()
  slack.faults.push({ kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: 3000 })
  const began = time
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(time - began).toBe(3000)
  slack.faults.push({ kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: 60_000 })
  const changed = { ...outage, title: 'web is slow' }
  const queued = await outbox.notify(changed)
  expect(queued).toMatchObject({ state: 'queued', ts: slack.messages[0]!.ts })
  expect(queued.detail).toBe(
    'Slack limits the rate: the message is kept on disk and sent by a later call, not before 2026-11-20T14:16:04Z.',
  )
  expect(await outbox.notify(changed)).toMatchObject({ state: 'queued' })
  time += minute
  expect(await outbox.notify(changed)).toMatchObject({ state: 'updated', detail: 'It had been waiting.' })
  expect(shown()).toEqual(['1 SEV-2 · web is slow (1)', '   *Now* web is slow'])
})

test('a call ends in time while Slack is away, the next ones at once, and later everything goes out once', async () => {
  const outbox = await open()
  const away = () => slack.faults.push({ kind: 'unsent', reason: 'Slack cannot be reached (ECONNREFUSED)' })
  for (let count = 0; count < 20; count++) away()
  const began = time
  expect(await outbox.notify(outage)).toMatchObject({ state: 'queued', ts: null })
  expect(time - began).toBeLessThan(25_000)
  const next = time
  expect(await outbox.notify({ ...outage, fingerprint: 'other' })).toMatchObject({ state: 'queued' })
  expect(time).toBe(next)
  slack.faults.length = 0
  time += 10 * minute
  await outbox.drain()
  expect(shown()).toHaveLength(2)
  expect(await outbox.notify(outage)).toMatchObject({ state: 'unchanged' })
})

test('without a token everything waits, newest words first told, and an end needs no alarm before it', async () => {
  const silent = await open({ slack: undefined })
  const waiting = await silent.notify(outage)
  expect(waiting).toMatchObject({ state: 'queued', channel: '#infrastructure-alerts', ts: null })
  expect(waiting.detail).toContain('SLACK_BOT_TOKEN is not set')
  await silent.notify({ ...outage, cause: 'limit lowered' })
  await silent.notify({ ...outage, fingerprint: 'other', sev: 'SEV-1' })
  await silent.resolve({ fingerprint: 'other', resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  const outbox = await open()
  expect(await outbox.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ state: 'sent' })
  expect(shown()).toEqual(['1 SEV-2 · web restarts', '1 Resolved after 37m · SEV-1 · web restarts'])
  expect(slack.messages[0]!.text).toContain('limit lowered')
})

test('a refusal says what to do, and the message goes out once that is done', async () => {
  const outbox = await open()
  slack.faults.push({ kind: 'refused', code: 'not_in_channel' })
  await expect(outbox.notify(outage)).rejects.toThrow('The bot is not in #infrastructure-alerts (not_in_channel).')
  expect(shown()).toEqual([])
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(shown()).toHaveLength(1)
})

test('a refused layout goes as text', async () => {
  const outbox = await open()
  slack.faults.push({ kind: 'refused', code: 'invalid_blocks' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(slack.messages).toMatchObject([{ blocks: null }])
})

test('a deleted message is told anew, with its thread', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  slack.messages.length = 0
  expect(await outbox.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ state: 'updated' })
  expect(shown()).toEqual(['1 SEV-2 · web restarts', '   *Cause* limit lowered'])
  expect(slack.messages[1]!.threadTs).toBe(slack.messages[0]!.ts)
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  expect(slack.messages[0]!.edits).toBe(1)
})

test('an id of another workspace is looked up anew', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  slack = createFakeSlack(['infrastructure-alerts'], () => time)
  const moved = await open({ slack })
  expect(await moved.notify({ ...outage, fingerprint: 'other' })).toMatchObject({ state: 'sent' })
  expect(slack.messages[0]!.channelId).toBe('C00000000')
})

test('nothing goes to a channel that is not allowed', async () => {
  const outbox = await open()
  await expect(outbox.notify({ ...outage, channel: '#general' })).rejects.toThrow(
    '#general is not a channel this server may write to.',
  )
  await expect(outbox.post({ channel: 'general', text: 'x', threadTs: undefined, key: 'k' })).rejects.toThrow(
    'may write to',
  )
  expect(slack.calls).toEqual([])
})

test('post_message posts a key once, calls nobody and shows no secret', async () => {
  const outbox = await open()
  const message = {
    channel: '#critical-alerts',
    text: 'hi <!here> @channel a<b password=hunter2hunter2',
    threadTs: undefined,
    key: 'daily',
  }
  expect(await outbox.post(message)).toMatchObject({ state: 'sent', channel: '#critical-alerts' })
  expect(await outbox.post(message)).toMatchObject({ state: 'unchanged', detail: '' })
  expect((await outbox.post({ ...message, text: 'other' })).detail).toContain('take a new key')
  expect(slack.messages.map(({ text }) => text)).toEqual(['hi here channel a&lt;b password=&lt;redacted:password&gt;'])
})

test('a thread that is gone is told, and its key can be used again', async () => {
  const outbox = await open()
  const message = { channel: '#critical-alerts', text: 'hi', threadTs: '1.000001', key: 'daily' }
  slack.faults.push({ kind: 'refused', code: 'thread_not_found' })
  await expect(outbox.post(message)).rejects.toThrow('There is no message 1.000001 to answer.')
  expect(await outbox.post({ ...message, threadTs: undefined })).toMatchObject({ state: 'sent' })
})

test('a deleted message of an incident that has ended stays deleted', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  slack.messages.length = 0
  slack.faults.push(undefined, { kind: 'refused', code: 'thread_not_found' })
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  expect(shown()).toEqual([])
})

test('a dead sender is waited for as long as its request may take, then history is read', async () => {
  const outbox = await open()
  const dead = createFakeSlack(['infrastructure-alerts'], () => time)
  // It stops for ever in the middle of posting, like a killed process.
  dead.post = () => new Promise(() => {})
  const killed = await open({ slack: dead })
  void killed.notify(outage)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const database = await openStore({ path: join(folder, 'slack.db'), migrations })
  database.write((sql) => sql.run('UPDATE outbox SET lease = ?', `${hostname()} 999999999 x`))
  database.close()
  const began = time
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent' })
  expect(time - began).toBe(10_000)
  expect(slack.calls).toEqual(['findOwn', 'post'])
})

test('two senders over one database send one copy', async () => {
  const real = { now: Date.now, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }
  slack = createFakeSlack(['critical-alerts', 'infrastructure-alerts'], Date.now)
  const outboxes = await Promise.all([1, 2, 3].map(() => open({ slack, clock: real })))
  const states = (await Promise.all(outboxes.map((outbox) => outbox.notify(outage)))).map(({ state }) => state)
  expect(states.sort()).toEqual(['sent', 'unchanged', 'unchanged'])
  expect(shown()).toHaveLength(1)
})

test('what is settled is forgotten after a month, an open incident is not', async () => {
  const outbox = await open()
  await outbox.notify(outage)
  await outbox.notify({ ...outage, fingerprint: 'other' })
  await outbox.resolve({ fingerprint: 'other', resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  time += 31 * 24 * hour
  const later = await open()
  expect(await later.notify(outage)).toMatchObject({ state: 'unchanged' })
  expect(await later.resolve({ fingerprint: 'other', resolvedAt: '2026-11-20T14:40:00Z', note: '' })).toMatchObject({
    state: 'skipped',
  })
})
