import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Delivery, Notification } from '../../shared/core/src/notification.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startSlack, type Message, type SlackStandIn } from '../../shared/simulator/src/slack.ts'

const main = join(import.meta.dirname, '../../servers/slack/src/main.ts')
const post = '/api/chat.postMessage'
const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#critical-alerts',
  sev: 'SEV-1',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'chores-tracker-backend',
  title: 'chores-tracker-backend is down',
  impact: 'Nobody can open the chores app.',
  since: '2026-11-20T14:03:00Z',
  cause: 'Container app is killed for lack of memory.',
  evidence: ['0 of 2 replicas ready'],
  nextSteps: ['kubectl describe pod -n chores -l app=chores-tracker-backend'],
  rollback: ['git revert 9c41f0aa7e && git push'],
  change: null,
  owners: ['Ari'],
  explanation: '',
  covers: 0,
}

/** One test's Slack, state folder and servers, so that tests run side by side: most of their time is waiting. */
interface World {
  slack: SlackStandIn
  start: (more?: Record<string, string>) => Promise<ConnectedServer>
  /** A server spoken to by hand, so that it can be killed and its bytes seen. */
  startRaw: (more?: Record<string, string>) => ReturnType<typeof speakTo>
  messages: (channel?: string) => Promise<Message[]>
  /** How many times something was asked to be posted. */
  posts: () => number
}

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-slack-'))
  const slack = await startSlack({ channels: ['general', 'critical-alerts', 'infrastructure-alerts'] })
  const servers: ConnectedServer[] = []
  function environment(more: Record<string, string>): Record<string, string> {
    const given = { KUBEVIGIL_HOME: home, SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: `${slack.url}/api/`, ...more }
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  }
  async function start(more: Record<string, string> = {}): Promise<ConnectedServer> {
    const env = environment(more)
    const process_ = { name: 'slack', command: process.execPath, args: [main], env, onLog: () => {} }
    const server = await connectServer(process_, '0.0.0')
    servers.push(server)
    return server
  }
  try {
    await run({
      slack,
      start,
      startRaw: (more = {}) => speakTo(spawn(process.execPath, [main], { env: environment(more) })),
      messages: (channel = 'critical-alerts') => slack.messages(channel),
      posts: () => slack.requests.filter(({ path }) => path === post).length,
    })
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await slack.close()
    rmSync(home, { recursive: true })
  }
}

function notify(server: ConnectedServer, more: Partial<Notification> = {}): Promise<Delivery> {
  return server.call<Delivery>('notify_incident', { ...outage, ...more })
}

function speakTo(child: ChildProcessWithoutNullStreams) {
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const clientInfo = { name: 'test', version: '0' }
  say({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } })
  say({ method: 'notifications/initialized' })
  return { child, say, lines: () => output.split('\n').filter(Boolean) }
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error('It did not come to pass within 10 s')
    await sleep(20)
  }
}

test.concurrent('told once, edited when facts change, resolved in place', () =>
  inWorld(async ({ start, messages }) => {
    const server = await start()
    const first = await notify(server)
    expect(first).toMatchObject({ state: 'sent', channel: '#critical-alerts' })
    expect(await notify(server, { state: 'ongoing' })).toMatchObject({ state: 'unchanged', ts: first.ts })
    expect(await messages()).toHaveLength(1)

    expect(await notify(server, { cause: 'The limit was lowered.' })).toMatchObject({ state: 'updated', ts: first.ts })
    const end = { fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: 'reverted' }
    expect(await server.call('resolve_incident', end)).toMatchObject({ state: 'resolved', ts: first.ts })
    expect(await server.call('resolve_incident', end)).toMatchObject({ state: 'unchanged' })
    expect(await server.call('resolve_incident', { ...end, fingerprint: 'x' })).toMatchObject({ state: 'skipped' })

    const [root, ...thread] = await messages()
    expect(root).toMatchObject({ ts: first.ts, text: 'Resolved after 37m · SEV-1 · chores-tracker-backend is down' })
    expect(JSON.stringify(root!.blocks)).not.toContain('<!here>')
    expect(thread.map(({ text, thread_ts }) => [thread_ts, text.split(' ')[0]])).toEqual([
      [first.ts, '*Cause*'],
      [first.ts, '*Resolved*'],
    ])
  }))

test.concurrent('an answer that was lost makes no second message', () =>
  inWorld(async ({ slack, start, messages, posts }) => {
    const server = await start()
    slack.faults.push({ match: { path: post }, times: 1, action: { kind: 'drop-after' } })
    expect(await notify(server)).toMatchObject({ state: 'sent' })
    expect(await messages()).toHaveLength(1)
    expect(posts()).toBe(1)
    expect(await notify(server)).toMatchObject({ state: 'unchanged' })
    // A lost reply is looked up in its thread.
    slack.faults.push({ match: { path: post }, times: 1, action: { kind: 'drop-after' } })
    expect(await notify(server, { cause: 'The limit was lowered.' })).toMatchObject({ state: 'updated' })
    expect(await messages()).toHaveLength(2)
  }))

test.concurrent('server errors and dropped requests are tried again', () =>
  inWorld(async ({ slack, start, messages }) => {
    const server = await start()
    slack.faults.push(
      { match: { path: post }, times: 1, action: { kind: 'status', status: 500 } },
      { match: { path: post }, times: 1, action: { kind: 'drop' } },
    )
    expect(await notify(server)).toMatchObject({ state: 'sent' })
    expect(await messages()).toHaveLength(1)
  }))

test.concurrent('a rate limit is waited for when it is short, and queued when it is long', () =>
  inWorld(async ({ slack, start, messages }) => {
    const server = await start()
    const limited = (seconds: string) =>
      slack.faults.push({
        match: { path: post },
        times: 1,
        action: { kind: 'status', status: 429, headers: { 'retry-after': seconds } },
      })
    limited('1')
    const began = Date.now()
    expect(await notify(server)).toMatchObject({ state: 'sent' })
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
    limited('60')
    const queued = await notify(server, { fingerprint: 'other' })
    expect(queued).toMatchObject({ state: 'queued', ts: null })
    expect(queued.detail).toContain('Slack limits the rate')
    expect(await messages()).toHaveLength(1)
  }))

test.concurrent('Slack that hangs ends the call in time, and nothing is lost', { timeout: 60_000 }, () =>
  inWorld(async ({ slack, start, messages }) => {
    const server = await start()
    slack.faults.push({ match: { path: post }, action: { kind: 'hang' } })
    const began = Date.now()
    expect(await notify(server)).toMatchObject({ state: 'queued' })
    expect(Date.now() - began).toBeLessThan(26_000)
    slack.faults.length = 0
    await sleep(2500)
    expect(await notify(server)).toMatchObject({ state: 'sent', detail: 'It had been waiting.' })
    expect(await messages()).toHaveLength(1)
  }),
)

test.concurrent('without a token it is kept, and sent by the first call with one', () =>
  inWorld(async ({ slack, start, messages }) => {
    const silent = await start({ SLACK_BOT_TOKEN: '' })
    const queued = await notify(silent)
    expect(queued).toMatchObject({ state: 'queued', ts: null })
    expect(queued.detail).toContain('SLACK_BOT_TOKEN')
    await expect(silent.call('list_channels', {})).rejects.toThrow('SLACK_BOT_TOKEN is not set')
    expect(slack.requests).toEqual([])

    const server = await start()
    const { channels, writable } = await server.call<{ channels: { name: string }[]; writable: string[] }>(
      'list_channels',
      {},
    )
    expect(channels.map(({ name }) => name)).toContain('critical-alerts')
    expect(writable).toEqual(['#critical-alerts', '#infrastructure-alerts'])
    expect(await messages()).toHaveLength(1)
    expect(await notify(server)).toMatchObject({ state: 'unchanged' })
  }))

test.concurrent('two processes tell of one incident at once: one message', () =>
  inWorld(async ({ start, messages }) => {
    const both = await Promise.all([start(), start()])
    const states = (await Promise.all(both.map((server) => notify(server)))).map(({ state }) => state)
    expect(states.sort()).toEqual(['sent', 'unchanged'])
    expect(await messages()).toHaveLength(1)
  }))

test.concurrent('refusals say what to do, and are made good', () =>
  inWorld(async ({ start, messages }) => {
    const wrong = await start({ SLACK_BOT_TOKEN: 'xoxb-wrong' })
    await expect(notify(wrong)).rejects.toThrow('Slack does not accept SLACK_BOT_TOKEN (invalid_auth).')
    const server = await start({ SLACK_CHANNELS: 'nowhere,critical-alerts' })
    await expect(notify(server, { fingerprint: 'other', channel: '#nowhere' })).rejects.toThrow(
      'knows no channel #nowhere',
    )
    await expect(notify(server, { fingerprint: 'third', channel: '#general' })).rejects.toThrow('may write to')
    expect(await notify(server)).toMatchObject({ state: 'sent' })
    expect(await messages()).toHaveLength(1)
    expect(await messages('general')).toEqual([])
  }))

test.concurrent('SLACK_CHANNEL gets everything; post_message posts a key once', () =>
  inWorld(async ({ start, messages }) => {
    const server = await start({ SLACK_CHANNEL: '#general' })
    expect(await notify(server)).toMatchObject({ state: 'sent', channel: '#general' })
    const message = { channel: '#critical-alerts', text: 'Good morning <!channel>', key: 'digest-1' }
    expect(await server.call('post_message', message)).toMatchObject({ state: 'sent', channel: '#general' })
    expect(await server.call('post_message', message)).toMatchObject({ state: 'unchanged' })
    expect((await messages('general')).map(({ text }) => text).slice(1)).toEqual(['Good morning channel'])
    expect(await messages()).toEqual([])
  }))

test.concurrent.for(['processed after the kill', 'never processed'])(
  'kill -9 while sending, %s: the next process sees to exactly one message',
  { timeout: 60_000 },
  (fate) =>
    inWorld(async ({ slack, start, startRaw, messages, posts }) => {
      const slow = { kind: 'delay', ms: 3000 } as const
      slack.faults.push({
        match: { path: post },
        times: 1,
        action: fate === 'never processed' ? { kind: 'hang' } : slow,
      })
      const { child, say } = startRaw()
      say({ id: 2, method: 'tools/call', params: { name: 'notify_incident', arguments: outage } })
      await until(() => posts() === 1)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const delivery = await notify(await start())
      expect(['sent', 'unchanged']).toContain(delivery.state)
      expect(delivery.ts).not.toBeNull()
      expect(await messages()).toHaveLength(1)
    }),
)

test('stdio: lists its tools without Slack, writes only JSON to stdout, ends with stdin', () =>
  inWorld(async ({ startRaw }) => {
    const { child, say, lines } = startRaw({ SLACK_API_URL: 'https://slack.example/api/' })
    say({ id: 2, method: 'tools/list' })
    await until(() => lines().length === 2)
    const [, listed] = lines().map((line) => JSON.parse(line) as { result: { tools: { name: string }[] } })
    expect(listed!.result.tools.map(({ name }) => name)).toEqual([
      'list_channels',
      'notify_incident',
      'notify_digest',
      'resolve_incident',
      'post_message',
      'get_notification_status',
      'flush_outbox',
      'read_channel',
      'request_approval',
      'get_approval',
    ])
    child.stdin.end()
    await once(child, 'exit')
    for (const line of lines()) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  }))
