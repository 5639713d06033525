import type { SlackMessage } from './api.ts'

interface Given {
  ts?: unknown
  user?: unknown
  bot_id?: unknown
  username?: unknown
  text?: unknown
  reply_count?: unknown
  user_profile?: { display_name?: unknown; real_name?: unknown }
  bot_profile?: { name?: unknown }
  attachments?: unknown
}

/** What is read of a message of Slack's; nothing about it is taken on trust. */
export function asMessage(given: object): SlackMessage {
  const message = given as Given
  const { bot_profile: bot, user_profile: user } = message
  const names = [message.username, bot?.name, user?.display_name, user?.real_name, message.user, message.bot_id]
  return {
    ts: textOf(message.ts),
    author: names.map(textOf).find((name) => name !== '') ?? '',
    bot: textOf(message.bot_id) !== '',
    text: textOf(message.text) || textOfAttachments(message.attachments),
    replies: typeof message.reply_count === 'number' ? message.reply_count : 0,
  }
}

/** Alert bots such as Alertmanager put all their words into attachments. */
function textOfAttachments(attachments: unknown): string {
  if (!Array.isArray(attachments)) return ''
  return attachments
    .map((attachment: unknown) => {
      const { title, text, fallback } = (attachment ?? {}) as { title?: unknown; text?: unknown; fallback?: unknown }
      return [title, text].map(textOf).filter(Boolean).join('\n') || textOf(fallback)
    })
    .filter(Boolean)
    .join('\n')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
