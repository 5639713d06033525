import type { Delivery } from '@kubevigil/core/notification'
import { toInstant } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { errorCode, refusal } from '../slack/refusals.ts'
import type { Row } from './schema.ts'

const noToken = 'SLACK_BOT_TOKEN is not set'

/** Why a row is where it is, as a sentence with what to do where somebody has to; empty for what was sent. */
export function whyOf(row: Row, hasToken: boolean): string {
  if (row.state === 'sent') return ''
  if (row.state === 'dropped') return `It can no longer be delivered: ${row.reason}.`
  if (!hasToken) return `${noToken}.`
  if (row.refusal !== '') {
    const { message, hint } = refusal(row.refusal, row.channel, row.reason)
    return `${message} ${hint}`
  }
  if (row.lease !== null) return 'It is being sent.'
  if (row.reason === '') return 'Its turn comes: a channel takes one message a second.'
  return `${row.reason}; not tried before ${toInstant(row.due_at)}.`
}

/** The same for the call that queued it, as the `detail` of its delivery. */
export function whyQueued(row: Row, hasToken: boolean): Delivery['detail'] {
  if (!hasToken) return `${noToken}: the message is kept on disk and sent by the first call once it is.`
  const why = row.reason !== '' ? row.reason : row.lease === null ? 'Its turn has not come' : 'It is being sent'
  return `${why}: the message is kept on disk and sent by a later call, not before ${toInstant(row.due_at)}.`
}

/** What a caller is told when somebody has to change something before Slack takes the row. */
export function refusedToSend({ refusal: code, channel, reason }: Row): UserError {
  const { message, hint } = refusal(code, channel, reason)
  return new UserError(errorCode(code), message, `${hint} The message is kept on disk and sent by the next call.`)
}
