import { flagOf, textOf, type Fields } from './fields.ts'

/** A message as Slack shows it; more fields travel along. */
export interface Message {
  ts: string
  text: string
  user?: string
  bot_id?: string
  app_id?: string
  blocks?: unknown[]
  thread_ts?: string
  reply_count?: number
  metadata?: unknown
  edited?: { user: string; ts: string }
  reactions?: { name: string; users: string[]; count: number }[]
  [more: string]: unknown
}

/** A page of messages in the shape of conversations.history and conversations.replies. */
export interface MessagePage {
  messages: Message[]
  has_more: boolean
  response_metadata: { next_cursor: string }
}

const defaultLimit = 100
const largestLimit = 999

/**
 * Cuts out what `oldest`, `latest`, `inclusive`, `cursor` and `limit` ask for; the order stays.
 * Both bounds are left out themselves unless `inclusive`; metadata comes with `include_all_metadata`. Returns Slack's error code for bad arguments.
 */
export function page(messages: Message[], fields: Fields): MessagePage | { error: string } {
  const bounds = { oldest: textOf(fields, 'oldest') || '0', latest: textOf(fields, 'latest') || 'now' }
  const oldest = micros(bounds.oldest)
  const latest = bounds.latest === 'now' ? Infinity : micros(bounds.latest)
  if (Number.isNaN(oldest)) return { error: 'invalid_ts_oldest' }
  if (Number.isNaN(latest)) return { error: 'invalid_ts_latest' }
  const limit = Number(textOf(fields, 'limit') || defaultLimit)
  if (!Number.isInteger(limit) || limit < 1) return { error: 'invalid_limit' }

  const inclusive = flagOf(fields, 'inclusive')
  const inside = messages.filter(({ ts }) => {
    const at = micros(ts)
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest
  })
  const start = startOf(inside, textOf(fields, 'cursor'))
  if (start === -1) return { error: 'invalid_cursor' }
  const end = start + Math.min(limit, largestLimit)
  const next = inside[end]
  const cut = inside.slice(start, end)
  const metadata = flagOf(fields, 'include_all_metadata')
  return {
    messages: metadata ? cut : cut.map(withoutMetadata),
    has_more: next !== undefined,
    response_metadata: { next_cursor: next === undefined ? '' : cursorOf(next.ts) },
  }
}

/** A message's time in microseconds since the epoch, which a double still holds exactly. */
export function micros(ts: string): number {
  const [, seconds, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(ts) ?? []
  return seconds === undefined ? Number.NaN : Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0'))
}

/** The root of a thread names its thread too, which the emulator leaves out. */
export function nameThread(message: Message): Message {
  return message.reply_count === undefined ? message : { ...message, thread_ts: message.ts }
}

function withoutMetadata({ metadata: _metadata, ...message }: Message): Message {
  return message
}

function cursorOf(ts: string): string {
  return Buffer.from(`next_ts:${ts}`).toString('base64')
}

function startOf(messages: Message[], cursor: string): number {
  return cursor === '' ? 0 : messages.findIndex(({ ts }) => cursorOf(ts) === cursor)
}
