import type { FrontAnswer } from '../front/front.ts'
import { error, ok } from './answers.ts'
import { validateBlocks } from './blocks.ts'
import type { SlackClient } from './client.ts'
import { structureOf, textOf, type Fields } from './fields.ts'
import { page, type Message } from './history.ts'

/** Who calls: a token's holder. People have no bot and no app. */
export interface Caller {
  client: SlackClient
  bot?: { bot_id: string; app_id: string }
}

/** A method that the front answers, alone or around the emulator. */
export type Method = (caller: Caller, fields: Fields) => Promise<FrontAnswer>

/** The methods where the emulator deviates from Slack; all others go straight to it. */
export const methods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'conversations.history': history,
  'conversations.replies': replies,
}

async function postMessage({ client, bot }: Caller, fields: Fields): Promise<FrontAnswer> {
  const refused = refuseContent(fields)
  if (refused !== undefined) return refused
  const reference = textOf(fields, 'channel')
  const channel = await client.channel(reference)
  // A user's ID stands for the direct messages with them, which the emulator opens.
  if (channel === undefined && !/^[UW]/.test(reference)) return error('channel_not_found')
  if (channel?.is_channel === true && !channel.is_member) return error('not_in_channel')
  const id = channel?.id ?? reference
  const thread = textOf(fields, 'thread_ts')
  if (thread !== '' && (await client.thread(id, thread)).length === 0) return error('thread_not_found')
  return client.call('chat.postMessage', { ...unpack(fields), channel: id, ...bot })
}

async function updateMessage({ client }: Caller, fields: Fields): Promise<FrontAnswer> {
  const refused = refuseContent(fields)
  if (refused !== undefined) return refused
  const reference = textOf(fields, 'channel')
  // Unlike posting, updating takes no name.
  if ((await client.channel(reference))?.id !== reference) return error('channel_not_found')
  return client.call('chat.update', unpack(fields))
}

async function history({ client }: Caller, fields: Fields): Promise<FrontAnswer> {
  const refused = await refuseReading(client, fields)
  return refused ?? answerPage(await client.history(textOf(fields, 'channel')), fields)
}

async function replies({ client }: Caller, fields: Fields): Promise<FrontAnswer> {
  const refused = await refuseReading(client, fields)
  if (refused !== undefined) return refused
  const messages = await client.thread(textOf(fields, 'channel'), textOf(fields, 'ts'))
  return messages.length === 0 ? error('thread_not_found') : answerPage(messages, fields)
}

function answerPage(messages: Message[], fields: Fields): FrontAnswer {
  const result = page(messages, fields)
  return 'error' in result ? error(result.error) : ok(result)
}

async function refuseReading(client: SlackClient, fields: Fields): Promise<FrontAnswer | undefined> {
  const reference = textOf(fields, 'channel')
  const channel = await client.channel(reference)
  if (channel?.id !== reference) return error('channel_not_found')
  return channel.is_channel && !channel.is_member ? error('not_in_channel') : undefined
}

/** Slack looks at the content before it looks for the channel. */
function refuseContent(fields: Fields): FrontAnswer | undefined {
  if (isGiven(fields['blocks'])) {
    const fault = validateBlocks(structureOf(fields, 'blocks'))
    if (fault !== undefined) return refuseBlocks(fault.error, fault.errors)
  }
  if (!isGiven(fields['metadata'])) return undefined
  const metadata = structureOf(fields, 'metadata')
  const known = typeof metadata === 'object' && metadata !== null && 'event_type' in metadata
  return known && 'event_payload' in metadata ? undefined : error('invalid_metadata_format')
}

function refuseBlocks(code: string, errors: string[]): FrontAnswer {
  if (errors.length === 0) return error(code)
  return error(code, { errors, response_metadata: { messages: errors.map((line) => `[ERROR] ${line}`) } })
}

/** The arguments with their structures parsed, as the emulator wants them in a JSON body. */
function unpack({ token: _token, ...fields }: Fields): Fields {
  const structured = ['blocks', 'metadata', 'attachments'].filter((name) => isGiven(fields[name]))
  return { ...fields, ...Object.fromEntries(structured.map((name) => [name, structureOf(fields, name)])) }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
