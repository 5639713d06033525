import type { Delivery } from '@kubevigil/core/notification'
import { toInstant } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { errorCode, refusal } from '../slack/refusals.ts'
import type { Row } from './schema.ts'
import type { Ways } from './ways.ts'

/** What is missing when a way out is closed. */
const missing = { slack: 'SLACK_BOT_TOKEN is not set', teams: 'TEAMS_WEBHOOK_URL is not set' } as const
const turns = {
  slack: 'Its turn comes: a channel takes one message a second.',
  teams: 'Its turn comes: Teams takes four cards a second.',
} as const

/** Why a row is where it is, as a sentence with what to do where somebody has to; empty for what was sent. */
export function whyOf(row: Row, ways: Ways): string {
  if (row.state === 'sent') return ''
  if (row.state === 'dropped') return `It can no longer be delivered: ${row.reason}.`
  if (!ways[row.way]) return `${missing[row.way]}.`
  if (row.refusal !== '') {
    const { message, hint } = refusalOf(row)
    return `${message} ${hint}`
  }
  if (row.lease !== null) return 'It is being sent.'
  if (row.reason === '') return turns[row.way]
  return `${row.reason}; not tried before ${toInstant(row.due_at)}.`
}

/** The same for the call that queued it, as the `detail` of its delivery. */
export function whyQueued(row: Row, ways: Ways): Delivery['detail'] {
  if (!ways[row.way]) return `${missing[row.way]}: the message is kept on disk and sent by the first call once it is.`
  const why = row.reason !== '' ? row.reason : row.lease === null ? 'Its turn has not come' : 'It is being sent'
  return `${why}: the message is kept on disk and sent by a later call, not before ${toInstant(row.due_at)}.`
}

/** What a caller is told when somebody has to change something before the row is taken. */
export function refusedToSend(row: Row): UserError {
  const { message, hint } = refusalOf(row)
  const code = row.way === 'teams' ? `teams-${row.refusal}` : errorCode(row.refusal)
  return new UserError(code, message, `${hint} The message is kept on disk and sent by the next call.`)
}

function refusalOf({ way, refusal: code, channel, reason }: Row): { message: string; hint: string } {
  if (way === 'slack') return refusal(code, channel, reason)
  return {
    message: `Teams did not take the card (${code}).`,
    hint: 'Look at the runs of the workflow behind TEAMS_WEBHOOK_URL, or make its webhook anew.',
  }
}
