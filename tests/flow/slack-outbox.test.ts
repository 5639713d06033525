import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Notification } from '../../shared/core/src/notification.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startSlack, type SlackStandIn } from '../../shared/simulator/src/slack.ts'

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
  evidence: [],
  nextSteps: [],
  rollback: [],
  change: null,
  owners: [],
  explanation: '',
  covers: 0,
}

interface Message {
  fingerprint: string | null
  state: string
  ts: string | null
  why: string
}

interface Flushed {
  counts: { waiting: number; sent: number; dropped: number }
  delivered: Message[]
  waiting: Message[]
}

interface World {
  slack: SlackStandIn
  home: string
  environment: (more?: Record<string, string>) => Record<string, string>
  start: (more?: Record<string, string>) => Promise<ConnectedServer>
}

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-outbox-'))
  const slack = await startSlack({ channels: ['general', 'critical-alerts'], people: ['ari'] })
  const servers: ConnectedServer[] = []
  function environment(more: Record<string, string> = {}): Record<string, string> {
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
    await run({ slack, home, environment, start })
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await slack.close()
    rmSync(home, { recursive: true })
  }
}

function notify(server: ConnectedServer, more: Partial<Notification> = {}): Promise<{ state: string }> {
  return server.call('notify_incident', { ...outage, ...more })
}

test.concurrent('an outage of Slack: files and reasons meanwhile, and one call delivers it all at its pace', () =>
  inWorld(async ({ slack, home, start }) => {
    const silent = await start({ SLACK_BOT_TOKEN: '' })
    for (const fingerprint of ['one', 'two', 'three']) await notify(silent, { fingerprint })
    const file = join(home, 'logs/incidents/one.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ incident: { title: outage.title } })
    expect(await silent.call('get_notification_status', { limit: 1 })).toMatchObject({
      counts: { waiting: 3 },
      messages: [{ fingerprint: 'three', state: 'waiting', why: 'SLACK_BOT_TOKEN is not set.' }],
    })
    expect(slack.requests).toEqual([])

    const server = await start()
    slack.faults.push({ match: { path: post }, times: 1, action: { kind: 'status', status: 503 } })
    const failed = await server.call<Flushed>('flush_outbox', {})
    expect(failed).toMatchObject({ counts: { waiting: 3 }, delivered: [] })
    expect(failed.waiting[0]!.why).toMatch(/^Slack answered HTTP 503; not tried before/)
    await sleep(2000)
    const began = Date.now()
    const flushed = await server.call<Flushed>('flush_outbox', {})
    expect(flushed.delivered.map(({ fingerprint }) => fingerprint)).toEqual(['one', 'two', 'three'])
    expect(Date.now() - began).toBeGreaterThanOrEqual(2000)
    expect(await slack.messages('critical-alerts')).toHaveLength(3)
    expect(existsSync(file)).toBe(false)
    expect(await server.call('get_notification_status', { fingerprint: 'one' })).toMatchObject({
      counts: { waiting: 0, sent: 1 },
      messages: [{ state: 'sent', ts: flushed.delivered[0]!.ts, why: '' }],
    })
  }))

test.concurrent(
  'kill -9 while flushing: the next process delivers the rest, each message once',
  { timeout: 60_000 },
  () =>
    inWorld(async ({ slack, environment, start }) => {
      const silent = await start({ SLACK_BOT_TOKEN: '' })
      for (const fingerprint of ['one', 'two', 'three']) await notify(silent, { fingerprint })
      slack.faults.push({ match: { path: post }, times: 1, action: { kind: 'delay', ms: 1000 } })
      const child = spawn(process.execPath, [main], { env: environment() })
      const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
      const clientInfo = { name: 'test', version: '0' }
      say({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } })
      say({ method: 'notifications/initialized' })
      say({ id: 2, method: 'tools/call', params: { name: 'flush_outbox', arguments: {} } })
      const end = Date.now() + 15_000
      while (!slack.requests.some(({ path }) => path === post) && Date.now() < end) await sleep(20)
      child.kill('SIGKILL')
      await once(child, 'exit')

      const server = await start()
      for (let calls = 0; calls < 4; calls++) {
        const { counts } = await server.call<Flushed>('flush_outbox', {})
        if (counts.waiting === 0) break
        await sleep(3000)
      }
      const texts = (await slack.messages('critical-alerts')).map(({ metadata }) => JSON.stringify(metadata))
      expect(new Set(texts).size).toBe(3)
      expect(texts).toHaveLength(3)
    }),
)

test.concurrent('a channel and its thread are read as data; other channels are not', () =>
  inWorld(async ({ slack, start }) => {
    const server = await start({ SLACK_CHANNELS: 'critical-alerts' })
    const sent = await server.call<{ ts: string }>('notify_incident', outage)
    await fetch(`${slack.url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.people[0]!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'critical-alerts', thread_ts: sent.ts, text: '<!here> I look at it' }),
    })
    const read = (more: object) =>
      server.call<{ messages: { text: string; bot: boolean; replies: number }[] }>('read_channel', {
        channel: '#critical-alerts',
        ...more,
      })
    const { messages } = await read({ since: '2026-01-01T00:00:00Z' })
    expect(messages).toMatchObject([{ ts: sent.ts, bot: true, replies: 1 }])
    expect(messages[0]!.text).toMatch(/^here SEV-1 · chores-tracker-backend is down/)
    const thread = await read({ threadTs: sent.ts })
    expect(thread.messages[1]).toMatchObject({ text: 'here I look at it', bot: false })
    await expect(server.call('read_channel', { channel: 'general' })).rejects.toThrow('may read')
    const limited = { kind: 'status', status: 429, headers: { 'retry-after': '30' } } as const
    slack.faults.push({ match: { path: '/api/conversations.history' }, times: 1, action: limited })
    await expect(read({})).rejects.toThrow('Slack limits how often it is read.')
  }))
