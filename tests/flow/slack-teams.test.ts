import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Delivery, Notification } from '../../shared/core/src/notification.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startSlack, type SlackStandIn } from '../../shared/simulator/src/slack.ts'
import { startTeams, type TeamsStandIn } from '../../shared/simulator/src/slack/teams.ts'

const main = join(import.meta.dirname, '../../servers/slack/src/main.ts')
const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#critical-alerts',
  sev: 'SEV-2',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'chores-tracker-backend',
  title: 'chores-tracker-backend restarts',
  impact: 'The chores app is slow.',
  since: '2026-11-20T14:03:00Z',
  cause: 'Container app is killed for lack of memory.',
  evidence: ['1 of 2 replicas ready'],
  nextSteps: ['kubectl describe pod -n chores -l app=chores-tracker-backend'],
  rollback: [],
  change: null,
  owners: [],
  explanation: '',
  covers: 0,
}

interface World {
  slack: SlackStandIn
  teams: TeamsStandIn
  home: string
  logs: string[]
  start: (more?: Record<string, string>) => Promise<ConnectedServer>
}

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-teams-'))
  const [slack, teams] = await Promise.all([startSlack({ channels: ['critical-alerts'] }), startTeams()])
  const servers: ConnectedServer[] = []
  const logs: string[] = []
  async function start(more: Record<string, string> = {}): Promise<ConnectedServer> {
    const given = {
      KUBEVIGIL_HOME: home,
      SLACK_BOT_TOKEN: slack.token,
      SLACK_API_URL: `${slack.url}/api/`,
      TEAMS_WEBHOOK_URL: teams.webhook,
      ...more,
    }
    const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
    const process_ = {
      name: 'slack',
      command: process.execPath,
      args: [main],
      env,
      onLog: (line: string) => void logs.push(line),
    }
    const server = await connectServer(process_, '0.0.0')
    servers.push(server)
    return server
  }
  try {
    await run({ slack, teams, home, logs, start })
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await Promise.all([slack.close(), teams.close()])
    rmSync(home, { recursive: true })
  }
}

function notify(server: ConnectedServer, more: Partial<Notification> = {}): Promise<Delivery> {
  return server.call<Delivery>('notify_incident', { ...outage, ...more })
}

function resolve(server: ConnectedServer, fingerprint = outage.fingerprint): Promise<Delivery> {
  return server.call<Delivery>('resolve_incident', { fingerprint, resolvedAt: '2026-11-20T14:40:00Z' })
}

const titles = ({ cards }: TeamsStandIn): string[] => cards.map(({ summary }) => summary)

test.concurrent('both: an alarm, what got worse, that nobody took it and its end are cards; mere changes and updates are not', () =>
  inWorld(async ({ slack, teams, start }) => {
    const server = await start()
    expect(await notify(server)).toMatchObject({ state: 'sent', channel: '#critical-alerts', detail: '' })
    await notify(server)
    await notify(server, { cause: 'The limit was lowered.' })
    await notify(server, { cause: 'The limit was lowered.', form: 'update' })
    await notify(server, { cause: 'The limit was lowered.', form: 'escalation' })
    await notify(server, { sev: 'SEV-1' })
    await resolve(server)
    await resolve(server)
    expect(titles(teams)).toEqual([
      '🟠 SEV-2 · chores-tracker-backend restarts',
      '🟠 SEV-2: nobody has acknowledged this · chores-tracker-backend restarts',
      '🔴 SEV-1 · chores-tracker-backend restarts',
      '✅ Resolved · SEV-1 · chores-tracker-backend restarts',
    ])
    expect(teams.cards[0]!.content).toMatchObject({ type: 'AdaptiveCard', msteams: { width: 'Full' } })
    expect(JSON.stringify(teams.cards[0]!.content)).toContain('kubectl describe pod -n chores')
    const roots = (await slack.messages('critical-alerts')).filter(({ ts, thread_ts }) => (thread_ts ?? ts) === ts)
    expect(roots).toHaveLength(1)
    const digest = {
      channel: 'critical-alerts',
      cluster: 'homelab',
      why: 'storm',
      incidents: ['a', 'b'].map((fingerprint) => ({
        fingerprint,
        sev: 'SEV-2',
        title: fingerprint,
        service: '',
        since: null,
      })),
    }
    await server.call('notify_digest', digest)
    await resolve(server, 'a')
    await resolve(server, 'b')
    expect(titles(teams).slice(4)).toEqual([
      '🟠 2 incidents began together · homelab',
      '✅ All resolved · 2 incidents began together · homelab',
    ])
  }))

test.concurrent('Teams alone: the same cards, no file, no Slack', () =>
  inWorld(async ({ slack, teams, home, start }) => {
    const server = await start({ SLACK_BOT_TOKEN: '' })
    expect(await notify(server)).toMatchObject({ state: 'sent', channel: 'Microsoft Teams', ts: null })
    expect(await notify(server)).toMatchObject({ state: 'unchanged' })
    await notify(server, { cause: 'The limit was lowered.' })
    expect(await resolve(server)).toMatchObject({ state: 'resolved', channel: 'Microsoft Teams' })
    expect(titles(teams)).toEqual([
      '🟠 SEV-2 · chores-tracker-backend restarts',
      '✅ Resolved · SEV-2 · chores-tracker-backend restarts',
    ])
    const { counts } = await server.call<{ counts: object }>('get_notification_status', {})
    expect(counts).toEqual({ waiting: 0, sent: 2, dropped: 0 })
    expect(existsSync(join(home, 'logs/incidents', `${outage.fingerprint}.json`))).toBe(false)
    expect(slack.requests).toEqual([])
  }))

test.concurrent('Teams down blocks nothing in Slack, is said, and makes it good later', () =>
  inWorld(async ({ slack, teams, logs, start }) => {
    const server = await start()
    teams.faults.push({ match: {}, action: { kind: 'status', status: 404 } })
    const sent = await notify(server)
    expect(sent).toMatchObject({ state: 'sent', channel: '#critical-alerts' })
    expect(sent.detail).toBe(
      'Teams: Teams did not take the card (http-404). Look at the runs of the workflow behind TEAMS_WEBHOOK_URL, or make its webhook anew.',
    )
    teams.faults.length = 0
    teams.faults.push({ match: {}, times: 1, action: { kind: 'status', status: 429, headers: { 'retry-after': '1' } } })
    expect(await notify(server, { fingerprint: 'other' })).toMatchObject({ state: 'sent', detail: '' })
    await server.call('flush_outbox', {})
    expect(titles(teams)).toHaveLength(2)
    expect(await slack.messages('critical-alerts')).toHaveLength(2)
    expect(logs.join('\n')).not.toContain('sig=')
  }))

test.concurrent('Slack down blocks nothing in Teams, and one alarm stays one card', () =>
  inWorld(async ({ slack, teams, home, start }) => {
    const server = await start()
    slack.faults.push({ match: { path: '/api/chat.postMessage' }, action: { kind: 'status', status: 503 } })
    expect(await notify(server)).toMatchObject({ state: 'queued' })
    expect(titles(teams)).toHaveLength(1)
    expect(existsSync(join(home, 'logs/incidents', `${outage.fingerprint}.json`))).toBe(true)
    expect(await notify(server, { cause: 'The limit was lowered.' })).toMatchObject({ state: 'queued' })
    expect(titles(teams)).toHaveLength(1)
    slack.faults.length = 0
    await sleep(2500)
    await server.call('flush_outbox', {})
    const messages = await slack.messages('critical-alerts')
    expect(messages.map(({ ts, thread_ts }) => thread_ts === undefined || thread_ts === ts)).toEqual([true, false])
    expect(messages[0]!.text).toContain('The limit was lowered.')
    expect(titles(teams)).toHaveLength(1)
  }))

test.concurrent('the largest notification fits into a card, and cards keep their pace', () =>
  inWorld(async ({ teams, start }) => {
    const server = await start({ SLACK_BOT_TOKEN: '' })
    const wide = '🔥'.repeat(250)
    const big = {
      title: wide,
      service: wide.slice(0, 200),
      impact: wide,
      cause: wide,
      evidence: Array.from({ length: 12 }, () => wide.repeat(2)),
      nextSteps: Array.from({ length: 6 }, () => wide),
      rollback: Array.from({ length: 8 }, () => wide),
      owners: Array.from({ length: 10 }, () => wide.slice(0, 200)),
    }
    const began = Date.now()
    for (const fingerprint of ['a', 'b', 'c', 'd', 'e']) await notify(server, { ...big, fingerprint })
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
    expect(teams.cards).toHaveLength(5)
    for (const { bytes } of teams.cards) expect(bytes).toBeLessThanOrEqual(20_480)
  }))
