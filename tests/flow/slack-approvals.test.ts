import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startSlackServer } from '../bench/slack-server.ts'
import { connectServer, type ConnectedServer } from '../../shared/mcp-kit/src/client.ts'
import { startSlack, type Message, type Press, type SlackStandIn } from '../../shared/simulator/src/slack.ts'

const main = join(import.meta.dirname, '../../servers/slack/src/main.ts')

interface Approval {
  id: string
  planHash: string
  state: string
  decidedBy: string | null
  decidedAt: string | null
  how: string | null
}

interface World {
  slack: SlackStandIn
  environment: Record<string, string>
  start: (more?: Record<string, string>) => Promise<ConnectedServer>
  /** The message of the only approval, as it stands. */
  asked: () => Promise<Message>
  person: (name: string) => { id: string; token: string }
}

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-flow-approvals-'))
  const slack = await startSlack({ channels: ['ops', 'critical-alerts'], people: ['ari', 'bo', 'eve'] })
  const person = (name: string) => slack.people.find((one) => one.name === name)!
  const servers: ConnectedServer[] = []
  const environment = {
    KUBEVIGIL_HOME: home,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: `${slack.url}/api/`,
    SLACK_CHANNELS: 'ops',
    SLACK_APPROVERS: `${person('ari').id},${person('bo').id}`,
  }
  try {
    await run({
      slack,
      environment,
      person,
      async start(more = {}) {
        const env = { ...environment, ...more }
        const process_ = { name: 'slack', command: process.execPath, args: [main], env, onLog: () => {} }
        const server = await connectServer(process_, '0.0.0')
        servers.push(server)
        return server
      },
      asked: async () => (await slack.messages('ops')).find(({ thread_ts }) => thread_ts === undefined)!,
    })
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await slack.close()
    rmSync(home, { recursive: true })
  }
}

function request(
  server: Pick<ConnectedServer, 'call'>,
  more: object = {},
): Promise<{ id: string; state: string; ts: string | null }> {
  return server.call('request_approval', {
    title: 'Restart chores-tracker-backend',
    planHash: 'a'.repeat(64),
    summary: 'It leaks memory <!here>.',
    commands: ['kubectl rollout restart deploy/chores-tracker-backend -n chores'],
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    channel: '#ops',
    requestedBy: 'kubevigil',
    ...more,
  })
}

function get(server: ConnectedServer, id: string): Promise<Approval> {
  return server.call('get_approval', { id })
}

/** The button as it stands in the message. */
function buttonIn(message: Message, action: string): { action: string; value: string } {
  const elements = (message.blocks ?? []).flatMap(
    (block) => (block as { elements?: { action_id?: string; value?: string }[] }).elements ?? [],
  )
  return { action, value: elements.find((element) => element.action_id === action)!.value! }
}

async function press(world: World, name: string, action: string, more: Partial<Press> = {}): Promise<boolean> {
  const message = await world.asked()
  const channelId = (await channelIds(world))['ops']!
  const { id: user } = world.person(name)
  return world.slack.press({ user, channelId, ts: message.ts, ...buttonIn(message, action), ...more })
}

async function channelIds({ slack }: World): Promise<Record<string, string>> {
  const answer = await fetch(`${slack.url}/api/conversations.list`, {
    headers: { authorization: `Bearer ${slack.token}` },
  })
  const { channels } = (await answer.json()) as { channels: { id: string; name: string }[] }
  return Object.fromEntries(channels.map(({ id, name }) => [name, id]))
}

async function react(world: World, name: string, reaction: string): Promise<void> {
  const { ts } = await world.asked()
  const answer = await fetch(`${world.slack.url}/api/reactions.add`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.person(name).token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: (await channelIds(world))['ops'], timestamp: ts, name: reaction }),
  })
  expect(await answer.json()).toMatchObject({ ok: true })
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('It did not come to pass within 15 s')
    await sleep(50)
  }
}

const decided = ({ text }: Message): boolean => /^[✅⛔⌛]/u.test(text)

test.concurrent('by button: an allowed person decides, once; the message names them and has nothing left to press', () =>
  inWorld(async (world) => {
    const server = await world.start({ SLACK_APP_TOKEN: world.slack.appToken })
    expect(world.slack.connections()).toBe(0)
    const { id, state, ts } = await request(server)
    expect(state).toBe('pending')
    expect(world.slack.connections()).toBe(1)
    expect(await request(server)).toMatchObject({ id, ts })
    const before = await world.asked()
    expect(JSON.stringify(before)).not.toContain('<!here>')
    expect(JSON.stringify(before)).toContain('kubectl rollout restart deploy/chores-tracker-backend -n chores')
    const { value } = buttonIn(before, 'kubevigil_approve')

    expect(await press(world, 'ari', 'kubevigil_approve')).toBe(true)
    await until(async () => decided(await world.asked()))
    expect(await get(server, id)).toMatchObject({
      planHash: 'a'.repeat(64),
      state: 'approved',
      decidedBy: world.person('ari').id,
      how: 'button',
    })
    const after = await world.asked()
    expect(JSON.stringify(after.blocks)).toContain(`*Approved* by <@${world.person('ari').id}>`)
    expect(JSON.stringify(after.blocks)).not.toContain('"button"')
    await until(async () => world.slack.connections() === 0)

    // The same press again, replayed over a connection that another question opened.
    await request(server, { planHash: 'b'.repeat(64), title: 'Another plan' })
    const channelId = (await channelIds(world))['ops']!
    const replay = { user: world.person('bo').id, channelId, ts: after.ts, action: 'kubevigil_deny', value }
    expect(await world.slack.press(replay)).toBe(true)
    expect(await get(server, id)).toMatchObject({ state: 'approved', decidedBy: world.person('ari').id })
  }))

test.concurrent('by button: strangers, forged values, other messages and other channels decide nothing', () =>
  inWorld(async (world) => {
    const server = await world.start({ SLACK_APP_TOKEN: world.slack.appToken })
    const { id } = await request(server, { requestedBy: `<@${world.person('bo').id}>` })
    const other = await request(server, { planHash: 'b'.repeat(64), title: 'Delete the namespace' })
    const message = await world.asked()
    const { value } = buttonIn(message, 'kubevigil_approve')
    const ids = await channelIds(world)
    const forged = [
      { user: world.person('eve').id },
      { user: '' },
      { value: value.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0')) },
      { value: value.replace('a'.repeat(64), 'b'.repeat(64)) },
      { value: value.replace(id, other.id) },
      { value: `${id}.` },
      { ts: other.ts! },
      { channelId: ids['critical-alerts']! },
      { action: 'approve' },
    ]
    for (const more of forged) await press(world, 'ari', 'kubevigil_approve', more)
    // Who asked may not agree to it.
    await press(world, 'bo', 'kubevigil_approve')
    expect(await get(server, id)).toMatchObject({ state: 'pending', decidedBy: null })
    expect(await get(server, other.id)).toMatchObject({ state: 'pending' })
    await press(world, 'ari', 'kubevigil_deny')
    await until(async () => decided(await world.asked()))
    expect(await get(server, id)).toMatchObject({ state: 'denied', decidedBy: world.person('ari').id })
    expect(await request(server)).toMatchObject({ id, state: 'denied' })
  }))

test.concurrent('by button: a later process hears what an earlier one asked, and a renewed connection goes on', () =>
  inWorld(async (world) => {
    const more = { SLACK_APP_TOKEN: world.slack.appToken }
    const first = await world.start(more)
    const { id } = await request(first)
    await first.close()
    await until(async () => world.slack.connections() === 0)
    const later = await world.start(more)
    expect(await get(later, id)).toMatchObject({ state: 'pending' })
    await until(async () => world.slack.connections() === 1)
    const opened = () => world.slack.requests.filter(({ path }) => path === '/api/apps.connections.open').length
    const before = opened()
    world.slack.recycle()
    await until(async () => opened() > before && world.slack.connections() > 0)
    await until(async () => press(world, 'bo', 'kubevigil_approve'))
    expect(await get(later, id)).toMatchObject({ state: 'approved', decidedBy: world.person('bo').id })
  }))

test.concurrent('by reaction: only allowed people count, a denial goes first, and nobody is asked for what nobody may grant', () =>
  inWorld(async (world) => {
    await expect(request(await world.start({ SLACK_APPROVERS: '' }))).rejects.toThrow('SLACK_APPROVERS is not set')
    await expect(request(await world.start({ SLACK_BOT_TOKEN: '' }))).rejects.toThrow('SLACK_BOT_TOKEN is not set')
    const server = await world.start()
    await expect(request(server, { expiresAt: '2020-01-01T00:00:00Z' })).rejects.toThrow(
      'no instant within the next day',
    )
    await expect(request(server, { channel: '#critical-alerts' })).rejects.toThrow('may write to')
    await expect(get(server, 'x')).rejects.toThrow('There is no approval x.')
    const { id } = await request(server)
    expect(JSON.stringify(await world.asked())).not.toContain('"button"')
    await react(world, 'eve', 'white_check_mark')
    await react(world, 'ari', 'eyes')
    expect(await get(server, id)).toMatchObject({ state: 'pending' })
    await react(world, 'ari', 'white_check_mark')
    await react(world, 'bo', 'x')
    expect(await get(server, id)).toMatchObject({ state: 'denied', decidedBy: world.person('bo').id, how: 'reaction' })
    expect(JSON.stringify((await world.asked()).blocks)).toContain(`*Denied* by <@${world.person('bo').id}>`)
    expect(world.slack.requests.some(({ path }) => path === '/api/apps.connections.open')).toBe(false)
  }))

test.concurrent('who asked may agree only where the policy lets them', () =>
  inWorld(async (world) => {
    const ari = world.person('ari').id
    const strict = await world.start()
    const { id } = await request(strict, { requestedBy: `<@${ari}|ari>` })
    await react(world, 'ari', 'white_check_mark')
    expect(await get(strict, id)).toMatchObject({ state: 'pending' })
    const open = await world.start({ SLACK_APPROVAL_SELF: 'true' })
    expect(await get(open, id)).toMatchObject({ state: 'approved', decidedBy: ari })
  }))

test.concurrent('a plan that is known is not asked for in other words', () =>
  inWorld(async (world) => {
    const server = await world.start()
    const { id } = await request(server)
    await expect(request(server, { commands: ['kubectl delete namespace chores'] })).rejects.toThrow('other words')
    expect(await request(server, { expiresAt: new Date(Date.now() + 60_000).toISOString() })).toMatchObject({ id })
  }))

test.concurrent('two processes: one decision', () =>
  inWorld(async (world) => {
    const [one, two] = [await world.start(), await world.start()]
    const { id } = await request(one)
    expect(await request(two)).toMatchObject({ id })
    await react(world, 'ari', 'white_check_mark')
    const seen = await Promise.all([get(one, id), get(two, id), get(one, id), get(two, id)])
    expect(new Set(seen.map(({ decidedAt }) => decidedAt)).size).toBe(1)
    const edits = world.slack.requests.filter(({ path }) => path === '/api/chat.update').length
    expect(edits).toBe(1)
  }))

test.concurrent('after its expiry nothing decides, and the message says so', () =>
  inWorld(async (world) => {
    const server = await world.start()
    const { id } = await request(server, { expiresAt: new Date(Date.now() + 3000).toISOString() })
    await sleep(3100)
    await react(world, 'ari', 'white_check_mark')
    expect(await get(server, id)).toMatchObject({ state: 'expired', decidedBy: null, how: null })
    expect(JSON.stringify((await world.asked()).blocks)).toContain('*Expired* undecided')
    // The same plan may be asked for anew then.
    expect((await request(server)).id).not.toBe(id)
  }))

test.concurrent('a wrong app token is told before anybody is asked, and the server ends with its client', () =>
  inWorld(async (world) => {
    const server = await world.start({ SLACK_APP_TOKEN: 'xapp-wrong' })
    await expect(request(server)).rejects.toThrow('Slack does not accept SLACK_APP_TOKEN (invalid_auth).')
    expect(await world.asked()).toBeUndefined()
    // This one is ended by nothing but the end of its input.
    const good = await startSlackServer({ ...world.environment, SLACK_APP_TOKEN: world.slack.appToken })
    await request(good)
    expect(world.slack.connections()).toBe(1)
    await good.close()
    await until(async () => world.slack.connections() === 0)
  }))
