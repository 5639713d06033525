import type { SeedConfig, Upstream } from '../front/upstream.ts'
import { readJson } from './answers.ts'
import { createClient, type SlackClient } from './client.ts'
import { micros, type Message } from './history.ts'

/** Somebody who is not the bot: calls with this token act as them. */
export interface Person {
  name: string
  /** The user ID. */
  id: string
  token: string
}

/** What marks the bot's messages. */
export const bot = { bot_id: 'B0KUBEVIGIL', app_id: 'A0KUBEVIGIL' }

const botUser = 'U0KUBEVIGIL'
const botName = 'kubevigil'

/** The emulator's seed: channels, an app with its bot, and people with tokens of their own. */
export function seedOf(channels: string[], token: string, people: string[]): SeedConfig {
  const app = {
    app_id: bot.app_id,
    client_id: 'kubevigil',
    client_secret: 'kubevigil',
    name: 'Kubevigil',
    redirect_uris: [],
    bot_id: bot.bot_id,
    bot_user_id: botUser,
    bot_name: botName,
  }
  return {
    // Without a list of its own the emulator would let its default token in.
    tokens: {},
    slack: {
      team: { name: 'Kubevigil', domain: 'kubevigil' },
      users: people.map((name) => ({ name })),
      channels: channels.map((name) => ({ name })),
      oauth_apps: [app],
      tokens: [
        { token, type: 'bot', user_id: botUser, bot_user_id: botUser, ...bot },
        ...people.map((name) => ({ token: tokenOf(name), type: 'user', user: name })),
      ],
    },
  }
}

/** Looks up a seeded person's user ID. */
export async function meet(upstream: Upstream, name: string): Promise<Person> {
  const token = tokenOf(name)
  const answer = await createClient(upstream, token).call('auth.test', {})
  return { name, id: (readJson(answer) as { user_id: string }).user_id, token }
}

/** Makes the bot a member: the emulator seeds channels before it seeds bots. */
export async function join(client: SlackClient, name: string): Promise<void> {
  await client.call('conversations.join', { channel: (await client.channel(name))?.id })
}

/** Everything that stands in a channel, oldest first, threads included. Throws when there is no such channel. */
export async function readChannel(client: SlackClient, reference: string): Promise<Message[]> {
  const channel = await client.channel(reference)
  if (channel === undefined)
    throw new Error(`Slack stand-in: no channel ${reference}. Name it in startSlack's channels.`)
  const roots = await client.history(channel.id)
  const threads = await Promise.all(
    roots.map(async (root) => (root.thread_ts === undefined ? [root] : client.thread(channel.id, root.ts))),
  )
  return threads.flat().sort((one, other) => micros(one.ts) - micros(other.ts))
}

function tokenOf(name: string): string {
  return `xoxp-${name}`
}
