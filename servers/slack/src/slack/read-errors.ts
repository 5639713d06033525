import { humanSpan } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Failure } from './api.ts'
import { shownName } from './channel-policy.ts'
import { errorCode, refusal } from './refusals.ts'

/** The error of a tool that needs Slack itself while there is no token. @param what cannot be done, as the begin of a sentence */
export function noToken(what = 'Slack cannot be read'): UserError {
  return new UserError(
    'no-token',
    `${what}: SLACK_BOT_TOKEN is not set.`,
    'Set it to the bot token (xoxb-…) and restart the server.',
  )
}

/** Why reading failed, as a sentence. @param what the channel, or what else was read */
export function readError(failure: Failure, what: string): UserError {
  if (failure.kind === 'refused') {
    if (failure.code === 'invalid_cursor')
      return new UserError('bad-cursor', 'Slack does not know this cursor any more.', 'Start again without a cursor.')
    if (failure.code === 'thread_not_found')
      return new UserError(
        'thread-gone',
        `There is no such thread in ${shownName(what)}.`,
        'Take ts of a row of the channel.',
      )
    const { message, hint } = refusal(failure.code, what, failure.needed)
    return new UserError(errorCode(failure.code), message, hint)
  }
  if (failure.kind === 'unsent' && failure.retryAfterMs !== undefined)
    return new UserError(
      'slack-rate-limited',
      'Slack limits how often it is read.',
      `Try again in ${humanSpan(failure.retryAfterMs)}.`,
    )
  return new UserError('slack-away', `Slack did not answer: ${failure.reason}.`, 'Try again in a minute.')
}
