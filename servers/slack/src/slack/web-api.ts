import type { WebClient } from '@slack/web-api'
import { requestTimeoutMs, type Answer, type Channel, type Content, type Failure, type SlackApi } from './api.ts'
import { asMessage } from './messages.ts'

const eventType = 'kubevigil_incident'
const historyPage = 200

/**
 * Slack through its own SDK, tamed: the SDK's defaults retry for half an hour without a timeout and sleep through rate limits,
 * which hangs a tool call and posts twice. It does none of that here; what to send again is the outbox's to decide.
 * The SDK is loaded with the first call.
 */
export function createSlackApi(token: string, apiUrl: string): SlackApi {
  let client: Promise<WebClient> | undefined
  const connect = (): Promise<WebClient> => (client ??= createClient(token, apiUrl))

  async function attempt<T>(run: (client: WebClient) => Promise<T>): Promise<Answer<T>> {
    try {
      return { ok: true, value: await run(await connect()) }
    } catch (error) {
      return { ok: false, failure: failureOf(error) }
    }
  }

  return {
    post: ({ channel, threadTs, broadcast, ...content }) =>
      attempt(async (slack) => {
        const thread = threadTs === null ? {} : { thread_ts: threadTs, ...(broadcast ? { reply_broadcast: true } : {}) }
        const quiet = { unfurl_links: false, unfurl_media: false, link_names: false }
        // The SDK's argument types want one literal shape a combination; Slack takes these fields together.
        const answer = await slack.apiCall('chat.postMessage', { channel, ...bodyOf(content), ...thread, ...quiet })
        const { channel: channelId, ts } = answer as { channel?: unknown; ts?: unknown }
        if (typeof channelId !== 'string' || typeof ts !== 'string')
          throw new Error('Slack answered without channel and ts')
        return { channelId, ts }
      }),
    update: ({ channelId, ts, ...content }) =>
      attempt(async (slack) => {
        await slack.apiCall('chat.update', { channel: channelId, ts, ...bodyOf(content), link_names: false })
      }),
    findOwn: ({ channelId, threadTs, key, oldest, cursor }) =>
      attempt(async (slack) => {
        const since = (oldest / 1000).toFixed(6)
        const page = {
          channel: channelId,
          oldest: since,
          limit: historyPage,
          include_all_metadata: true,
          ...from(cursor),
        }
        const { messages = [], response_metadata } =
          threadTs === null
            ? await slack.conversations.history(page)
            : await slack.conversations.replies({ ...page, ts: threadTs })
        return {
          ts: messages.find((message) => keyOf(message) === key)?.ts,
          nextCursor: response_metadata?.next_cursor || undefined,
        }
      }),
    read: ({ channelId, threadTs, oldest, limit, cursor }) =>
      attempt(async (slack) => {
        const since = oldest === undefined ? {} : { oldest: (oldest / 1000).toFixed(6), inclusive: true }
        const page = { channel: channelId, limit, ...since, ...from(cursor) }
        const { messages = [], response_metadata } =
          threadTs === null
            ? await slack.conversations.history(page)
            : await slack.conversations.replies({ ...page, ts: threadTs })
        return { messages: messages.map(asMessage), nextCursor: response_metadata?.next_cursor || undefined }
      }),
    permalink: ({ channelId, ts }) =>
      attempt(async (slack) => {
        const { permalink } = await slack.chat.getPermalink({ channel: channelId, message_ts: ts })
        if (permalink === undefined) throw new Error('Slack answered without a permalink')
        return permalink
      }),
    reactions: ({ channelId, ts }) =>
      attempt(async (slack) => {
        const { message } = await slack.reactions.get({ channel: channelId, timestamp: ts, full: true })
        return new Map((message?.reactions ?? []).map(({ name = '', users = [] }) => [name, users]))
      }),
    async listChannels({ limit, cursor }) {
      const list = (types: string) =>
        attempt(async (slack) => {
          const page = await slack.conversations.list({
            types,
            limit,
            exclude_archived: true,
            ...from(cursor),
          })
          return {
            channels: (page.channels ?? []).map(asChannel),
            nextCursor: page.response_metadata?.next_cursor || undefined,
          }
        })
      const all = await list('public_channel,private_channel')
      // Without groups:read Slack refuses the whole question; the public channels can still be asked for.
      const lacksPrivate = !all.ok && all.failure.kind === 'refused' && all.failure.code === 'missing_scope'
      return lacksPrivate ? list('public_channel') : all
    },
  }
}

async function createClient(token: string, apiUrl: string): Promise<WebClient> {
  // By its default: that is all a bundle has of a CommonJS module which is imported when it is needed.
  const { LogLevel, WebClient } = (await import('@slack/web-api')).default
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    timeout: requestTimeoutMs,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
  })
}

function from(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor }
}

function bodyOf({ text, blocks, mark }: Content): Record<string, unknown> {
  const metadata = { event_type: eventType, event_payload: { ...mark } }
  return { text, ...(blocks === null ? {} : { blocks }), metadata }
}

function keyOf(message: object): unknown {
  const { metadata } = message as { metadata?: { event_type?: string; event_payload?: { key?: unknown } } }
  return metadata?.event_type === eventType ? metadata.event_payload?.key : undefined
}

function asChannel(found: { id?: string; name?: string; is_member?: boolean; topic?: { value?: string } }): Channel {
  return {
    id: found.id ?? '',
    name: found.name ?? '',
    member: found.is_member ?? false,
    topic: found.topic?.value ?? '',
  }
}

/** Codes after which, Slack says, part of the operation may have happened. */
const unsureCodes = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])
/** Connection errors that come before a byte of the request is sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const defaultRetryMs = 30_000

/** Sorts an error of the SDK by what it means for sending again; what is not understood counts as unsure. */
export function failureOf(error: unknown): Failure {
  const { code, data, retryAfter, statusCode, original } = error as {
    code?: string
    data?: { error?: string; needed?: string }
    retryAfter?: number
    statusCode?: number
    original?: Error
  }
  if (code === 'slack_webapi_rate_limited_error')
    return { kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: (retryAfter ?? 1) * 1000 }
  if (code === 'slack_webapi_platform_error') return platformFailure(data?.error ?? '', data?.needed)
  if (code === 'slack_webapi_http_error') return { kind: 'unsure', reason: `Slack answered HTTP ${statusCode}` }
  const cause = (original?.cause as { code?: string } | undefined)?.code ?? ''
  if (unsentCodes.has(cause)) return { kind: 'unsent', reason: `Slack cannot be reached (${cause})` }
  if (original?.name === 'TimeoutError')
    return { kind: 'unsure', reason: `Slack did not answer within ${requestTimeoutMs / 1000} s` }
  return {
    kind: 'unsure',
    reason: `the answer was lost (${cause || (original ?? (error as Error)).message})`.slice(0, 200),
  }
}

function platformFailure(code: string, needed: string | undefined): Failure {
  if (code === 'ratelimited' || code === 'rate_limited')
    return { kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: defaultRetryMs }
  // A captive portal's page is no code of Slack's.
  if (unsureCodes.has(code) || !/^[a-z0-9_]{1,80}$/.test(code))
    return { kind: 'unsure', reason: 'Slack had an internal error' }
  return { kind: 'refused', code, ...(needed === undefined ? {} : { needed }) }
}
