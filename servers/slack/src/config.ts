import { join } from 'node:path'
import { CommonEnvironment, readEnvironment, stateHome, withDotEnv, type Environment } from '@kubevigil/mcp-kit/env'
import type { LogLevel } from '@kubevigil/mcp-kit/log'
import { z } from 'zod'
import type { ApprovalPolicy } from './approvals/decide.ts'
import { bareName } from './slack/channel-policy.ts'
import { isWebhookHost } from './teams/webhook.ts'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The variables this server reads. */
export const SlackEnvironment = z.object({
  ...CommonEnvironment.shape,
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^\S+$/, 'it has a space in it: copy the token anew from the Slack app')
    .optional()
    .describe('Bot token (xoxb-…); without it notifications wait on disk'),
  SLACK_CHANNEL: z
    .string()
    .regex(/^#?[^\s,#]+$/, 'write one channel, such as #critical-alerts')
    .optional()
    .describe('One channel that gets everything, whatever the severity'),
  SLACK_CHANNELS: z
    .string()
    .default('#critical-alerts,#infrastructure-alerts')
    .describe('Channels the bot may write to, with commas between; SLACK_CHANNEL is always one of them'),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: 'write it like https://slack.com/api/', abort: true })
    .default('https://slack.com/api/')
    .refine(
      (url) => url.startsWith('https:') || loopback.test(new URL(url).hostname),
      'a token goes over https only; plain http is for this machine',
    )
    .describe("Slack's API; another one for GovSlack or a stand-in"),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^\S+$/, 'it has a space in it: copy the token anew from the Slack app')
    .optional()
    .describe('App-level token (xapp-…) for approval by button; without it approvers react to the message'),
  SLACK_APPROVERS: z
    .string()
    .regex(/^\s*(?:[UW][A-Z0-9]{2,}\s*(?:,\s*|$))*$/, 'write Slack user ids with commas between, such as U0123ABCD')
    .default('')
    .describe('Slack user ids (U…) of the people whose approval counts, with commas between'),
  SLACK_APPROVAL_SELF: z
    .enum(['true', 'false'], 'write true or false')
    .default('false')
    .describe('true: who asked for an approval may give it'),
  TEAMS_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'write the address that the workflow shows', abort: true })
    .refine((url) => {
      const { protocol, hostname } = new URL(url)
      return loopback.test(hostname) || (protocol === 'https:' && isWebhookHost(hostname))
    }, 'a workflow of Teams has an https address at logic.azure.com or environment.api.powerplatform.com')
    .optional()
    .describe('Webhook of a Teams workflow, which gets every alarm as a card; with or without Slack'),
})

export interface SlackConfig {
  LOG_LEVEL: LogLevel
  token: string | undefined
  /** With a slash at the end. */
  apiUrl: string
  /** Everything goes here when it is set; a name without #, or an id. */
  onlyChannel: string | undefined
  /** Names without #, or ids. */
  allowedChannels: string[]
  appToken: string | undefined
  approval: ApprovalPolicy
  /** A secret. */
  teamsWebhook: string | undefined
  databasePath: string
  /** Where incidents lie as files while Slack is away. */
  incidentFolder: string
}

/** @throws UserError that names the variable, what it got and what it wants */
export function readConfig(environment: Environment = withDotEnv()): SlackConfig {
  const read = readEnvironment(SlackEnvironment, environment)
  const onlyChannel = read.SLACK_CHANNEL === undefined ? undefined : bareName(read.SLACK_CHANNEL)
  const home = stateHome(environment)
  const listed = read.SLACK_CHANNELS.split(',').map(bareName)
  return {
    LOG_LEVEL: read.LOG_LEVEL,
    token: read.SLACK_BOT_TOKEN,
    apiUrl: read.SLACK_API_URL.replace(/\/*$/, '/'),
    onlyChannel,
    allowedChannels: [...new Set([...listed, onlyChannel ?? ''])].filter((name) => name !== ''),
    appToken: read.SLACK_APP_TOKEN,
    approval: {
      approvers: read.SLACK_APPROVERS.split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
      self: read.SLACK_APPROVAL_SELF === 'true',
    },
    teamsWebhook: read.TEAMS_WEBHOOK_URL,
    databasePath: join(home, 'slack.db'),
    incidentFolder: join(home, 'logs', 'incidents'),
  }
}
