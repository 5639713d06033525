import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSlack, type Fault, type Message, type SlackStandIn } from '../../shared/simulator/src/slack.ts'
import { startSlackServer, type SlackServer } from './slack-server.ts'

export interface Chaos {
  incidents: number
  /** Spread over so many channels: each takes one message a second. */
  channels: number
  /** How many times the server is killed at a random moment. */
  kills: number
  seed: number
}

/** What was left in Slack at the end. */
export interface Aftermath {
  /** Incidents with exactly one message. */
  once: number
  /** What is wrong, a line each: a second message, a message that is not the last word, a lost or doubled reply. */
  wrong: string[]
  kills: number
  /** How many requests met a fault. */
  faults: number
  seconds: number
}

/** What is told of an incident, one after the other: it begins, its cause is found, and every second one ends. */
interface Story {
  fingerprint: string
  channel: string
  ends: boolean
}

const writes = /\/api\/chat\.(?:postMessage|update)/
const reads = /\/api\/conversations\./

/**
 * Tells incidents through a Slack that limits, fails, hangs and cuts connections, with a server that is killed at random moments
 * and started anew. A call whose answer is lost with the server is made again, as a driver does in its next cycle.
 */
export async function runChaos({ incidents, channels, kills, seed }: Chaos): Promise<Aftermath> {
  const began = performance.now()
  const random = generator(seed)
  const names = Array.from({ length: channels }, (_, index) => `alerts-${index}`)
  const home = mkdtempSync(join(tmpdir(), 'kubevigil-slack-chaos-'))
  const slack = await startSlack({ channels: names })
  const stories = Array.from({ length: incidents }, (_, index): Story => {
    return { fingerprint: `incident-${index}`, channel: names[index % channels]!, ends: index % 2 === 0 }
  })
  const env = {
    KUBEVIGIL_HOME: home,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: `${slack.url}/api/`,
    SLACK_CHANNELS: names.join(','),
  }
  let server = startSlackServer(env)
  const over = new AbortController()
  let left = kills

  async function killNowAndThen(): Promise<void> {
    while (left > 0 && !over.signal.aborted) {
      await sleep(200 + random() * 2500)
      const dying = await server
      if (over.signal.aborted) return
      left -= 1
      server = dying.kill().then(() => startSlackServer(env))
    }
  }

  async function makeTrouble(): Promise<void> {
    while (!over.signal.aborted) {
      slack.faults.push(faultOf(random))
      await sleep(100 + random() * 400)
    }
  }

  async function call(tool: string, args: object): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        await (await server).call(tool, args)
        return
      } catch (error) {
        if (!(error as Error).message.includes('gone')) throw error
        await sleep(50)
      }
    }
    throw new Error(`${tool} found no server that lives`)
  }

  try {
    const trouble = [killNowAndThen(), makeTrouble()]
    const queue = [...stories]
    const tell = async (): Promise<void> => {
      for (let story = queue.shift(); story !== undefined; story = queue.shift()) await tellStory(call, story)
    }
    await Promise.all(Array.from({ length: 6 }, tell))
    over.abort()
    await Promise.all(trouble)
    const faults = slack.faults.splice(0).filter(({ times }) => times === 0).length
    await empty(await server)
    const wrong = await faultsIn(slack, stories)
    const once =
      incidents - new Set(wrong.filter((line) => line.includes('messages')).map((line) => line.split(':')[0])).size
    return { once, wrong, kills: kills - left, faults, seconds: Math.round((performance.now() - began) / 1000) }
  } finally {
    over.abort()
    await (await server).close()
    await slack.close()
    rmSync(home, { recursive: true })
  }
}

async function tellStory(call: (tool: string, args: object) => Promise<void>, story: Story): Promise<void> {
  const { fingerprint, channel, ends } = story
  const facts = {
    fingerprint,
    channel,
    sev: 'SEV-2',
    state: 'new',
    cluster: 'homelab',
    service: fingerprint,
    title: `${fingerprint} is down`,
    impact: '',
    since: null,
    cause: 'not known yet',
    evidence: [],
    nextSteps: [],
    rollback: [],
    change: null,
    owners: [],
  }
  await call('notify_incident', facts)
  await call('notify_incident', { ...facts, state: 'ongoing', cause: `cause of ${fingerprint}` })
  if (ends) await call('resolve_incident', { fingerprint, resolvedAt: '2026-11-20T14:40:00Z' })
}

/** Sends all that waits; what Slack may still be finishing takes ten seconds. */
async function empty(server: SlackServer): Promise<void> {
  for (let calls = 0; calls < 200; calls++) {
    const { counts } = await server.call<{ counts: { waiting: number } }>('flush_outbox', { limit: 50 })
    if (counts.waiting === 0) return
    await sleep(1000)
  }
}

async function faultsIn(slack: SlackStandIn, stories: readonly Story[]): Promise<string[]> {
  const byChannel = new Map<string, Message[]>()
  for (const name of new Set(stories.map(({ channel }) => channel))) byChannel.set(name, await slack.messages(name))
  return stories.flatMap(({ fingerprint, channel, ends }) => {
    const own = byChannel.get(channel)!.filter((message) => incidentOf(message) === fingerprint)
    const roots = own.filter(({ ts, thread_ts }) => (thread_ts ?? ts) === ts)
    const replies = own.filter((message) => !roots.includes(message)).map(({ text }) => text)
    const counted = (begin: string): number => replies.filter((text) => text.startsWith(begin)).length
    const cause = `cause of ${fingerprint}`
    const isLast =
      roots[0] !== undefined &&
      JSON.stringify(roots[0]).includes(cause) &&
      roots[0].text.startsWith('Resolved') === ends
    // A change that came before anybody saw the message is in the message itself.
    return [
      ...(roots.length === 1 ? [] : [`${fingerprint}: ${roots.length} messages`]),
      ...(isLast ? [] : [`${fingerprint}: its message is not the last word`]),
      ...(counted('*Cause*') <= 1 ? [] : [`${fingerprint}: its cause is told ${counted('*Cause*')} times`]),
      ...(counted('*Resolved*') <= 1 ? [] : [`${fingerprint}: its end is told ${counted('*Resolved*')} times`]),
      ...(roots[0]?.edited !== undefined && counted(ends ? '*Resolved*' : '*Cause*') === 0
        ? [`${fingerprint}: a change was not told`]
        : []),
    ]
  })
}

function incidentOf({ metadata }: Message): string | undefined {
  return (metadata as { event_payload?: { incident?: string } } | undefined)?.event_payload?.incident
}

function faultOf(random: () => number): Fault {
  const path = random() < 0.85 ? writes : reads
  const what = random()
  const match = { path }
  if (what < 0.3)
    return {
      match,
      times: 1,
      action: { kind: 'status', status: 429, headers: { 'retry-after': `${1 + Math.floor(random() * 3)}` } },
    }
  if (what < 0.55) return { match, times: 1, action: { kind: 'status', status: random() < 0.5 ? 500 : 503 } }
  if (what < 0.7) return { match, times: 1, action: { kind: 'drop' } }
  if (what < 0.85) return { match, times: 1, action: { kind: 'drop-after' } }
  if (what < 0.95) return { match, times: 1, action: { kind: 'delay', ms: 500 + random() * 2000 } }
  return { match, times: 1, action: { kind: 'hang' } }
}

/** A small random generator, so that a seed names a run's faults and kills. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
