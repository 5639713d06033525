import type { SocketModeClient } from '@slack/socket-mode'
import { second } from '@kubevigil/core/time'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import { requestTimeoutMs } from './api.ts'

/** A pressed button, as Slack tells it. */
export interface Press {
  /** User id of who pressed it. */
  user: string
  channelId: string
  ts: string
  action: string
  value: string
}

/** A connection on which Slack tells of pressed buttons (Socket Mode: no address of ours has to be reachable). */
export interface Buttons {
  /** Connects unless it is connected. @throws UserError when Slack does not let us */
  open: () => Promise<void>
  close: () => Promise<void>
}

/** The code of the error when Slack does not accept the app token. */
export const appTokenRefused = 'slack-app-token'

const mostRetryMs = 60 * second

/**
 * Socket Mode through Slack's own SDK, which is loaded with the first connection. Its own reconnecting is off: a failure there is
 * an unhandled rejection. Slack renews a connection every few hours, so one that ends is opened anew while it is wanted.
 */
export function createButtons(appToken: string, apiUrl: string, onPress: (press: Press) => void): Buttons {
  let client: SocketModeClient | undefined
  let opening: Promise<void> | undefined
  let isWanted = false
  let retry: NodeJS.Timeout | undefined
  let failures = 0

  async function connect(): Promise<void> {
    const next = await createClient(appToken, apiUrl)
    next.on('interactive', ({ ack, body }: { ack: () => Promise<void>; body: unknown }) => {
      // Slack shows whoever pressed an error after three seconds without an answer.
      ack().catch((error: unknown) => log('warn', 'A press was not acknowledged', { error: describeError(error) }))
      for (const press of pressesIn(body)) onPress(press)
    })
    const timeout = setTimeout(() => void next.disconnect(), requestTimeoutMs)
    try {
      await next.start()
    } finally {
      clearTimeout(timeout)
    }
    failures = 0
    client = next
    next.once('disconnected', () => {
      if (client === next) client = undefined
      again()
    })
    if (!isWanted) await close()
  }

  function again(): void {
    if (!isWanted || retry !== undefined) return
    const delay = failures === 0 ? 0 : Math.min(second * 2 ** failures, mostRetryMs)
    retry = setTimeout(() => {
      retry = undefined
      open().catch((error: unknown) => log('warn', 'Buttons cannot be heard', { error: describeError(error) }))
    }, delay)
    retry.unref()
  }

  async function open(): Promise<void> {
    isWanted = true
    if (client !== undefined) return
    opening ??= connect().finally(() => (opening = undefined))
    try {
      await opening
    } catch (error) {
      failures += 1
      again()
      throw refused(error)
    }
  }

  async function close(): Promise<void> {
    isWanted = false
    clearTimeout(retry)
    retry = undefined
    const last = client
    client = undefined
    // The other side has half a minute to answer the farewell; nobody waits for that.
    void last?.disconnect()
  }

  return { open, close }
}

async function createClient(appToken: string, apiUrl: string): Promise<SocketModeClient> {
  // By its default: that is all a bundle has of a CommonJS module which is imported when it is needed.
  const { LogLevel, SocketModeClient } = (await import('@slack/socket-mode')).default
  return new SocketModeClient({
    appToken,
    autoReconnectEnabled: false,
    logger: {
      debug: () => {},
      info: () => {},
      warn,
      error: warn,
      setLevel: () => {},
      getLevel: () => LogLevel.WARN,
      setName: () => {},
    },
    clientOptions: {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      timeout: requestTimeoutMs,
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
    },
  })
}

function warn(...words: unknown[]): void {
  log('warn', 'Socket Mode', { words: words.map(String).join(' ') })
}

function refused(error: unknown): UserError {
  const code = (error as { data?: { error?: string } } | undefined)?.data?.error
  const reason = error === undefined ? 'it was closed' : describeError(error).slice(0, 200)
  return code === undefined
    ? new UserError(
        'slack-away',
        `The connection for buttons could not be opened: ${reason}.`,
        'It is tried again by itself.',
      )
    : new UserError(
        appTokenRefused,
        `Slack does not accept SLACK_APP_TOKEN (${code}).`,
        'Make an app-level token (xapp-…) with the scope connections:write, with Socket Mode and Interactivity on.',
      )
}

interface Body {
  type?: unknown
  user?: { id?: unknown }
  container?: { channel_id?: unknown; message_ts?: unknown }
  actions?: { action_id?: unknown; value?: unknown }[]
}

/** The presses in what Slack sent; nothing about it is taken on trust. */
function pressesIn(given: unknown): Press[] {
  const { type, user, container, actions } = (given ?? {}) as Body
  if (type !== 'block_actions' || !Array.isArray(actions)) return []
  return actions.map((action) => ({
    user: textOf(user?.id),
    channelId: textOf(container?.channel_id),
    ts: textOf(container?.message_ts),
    action: textOf(action.action_id),
    value: textOf(action.value),
  }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
