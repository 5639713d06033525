import { shownName } from './channel-policy.ts'

const tokenCodes = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'org_login_required',
  'ekm_access_denied',
  'two_factor_setup_required',
])

/** Codes that say the layout is what Slack does not take; the words alone may still pass. */
const layoutCodes = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'invalid_metadata_format',
])

/** Whether a refusal concerns the token, so that every other message would meet it too. */
export function concernsToken(code: string): boolean {
  return tokenCodes.has(code)
}

/** Whether a refusal concerns the layout. */
export function concernsLayout(code: string): boolean {
  return layoutCodes.has(code)
}

/** Slack's refusal as a sentence, and what to do about it. */
export function refusal(code: string, channel: string, needed = ''): { message: string; hint: string } {
  const [message, hint] = sentences(code, shownName(channel), needed)
  return { message: `${message} (${code}).`, hint }
}

/** The UserError code of a refusal. */
export function errorCode(code: string): string {
  return `slack-${code.replaceAll('_', '-')}`
}

function sentences(code: string, channel: string, needed: string): [message: string, hint: string] {
  switch (code) {
    case 'channel_not_found':
      return [
        `Slack knows no channel ${channel} that the bot can see`,
        'Create it, or correct SLACK_CHANNEL or SLACK_CHANNELS; into a private channel invite the bot with /invite.',
      ]
    case 'not_in_channel':
      return [`The bot is not in ${channel}`, `Invite it there: /invite and the bot's name.`]
    case 'is_archived':
      return [`${channel} is archived`, 'Unarchive it or name another one in SLACK_CHANNELS.']
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
      return [`The workspace does not let the bot post in ${channel}`, 'Ask its administrator to allow it.']
    case 'missing_scope':
      return [
        `The bot token lacks a permission${needed === '' ? '' : `: ${needed}`}`,
        'Add the scope to the Slack app and install it again: chat:write, channels:read, channels:history, reactions:read (groups:* for private channels).',
      ]
    default:
      return concernsToken(code)
        ? ['Slack does not accept SLACK_BOT_TOKEN', 'Put the bot token (xoxb-…) of the installed Slack app there.']
        : [
            `Slack refused the message for ${channel}`,
            'Look the code up at docs.slack.dev/reference/methods/chat.postMessage.',
          ]
  }
}
