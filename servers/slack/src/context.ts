import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import type { SlackConfig } from './config.ts'
import { openOutbox, type Outbox } from './outbox/outbox.ts'
import type { SlackApi } from './slack/api.ts'
import { createChannelPolicy, type ChannelPolicy } from './slack/channel-policy.ts'
import { createSlackApi } from './slack/web-api.ts'

/** What a tool of this server may touch. */
export interface SlackContext {
  outbox: Outbox
  /** Undefined without a token. */
  slack: SlackApi | undefined
  policy: ChannelPolicy
}

/** Opens the outbox; Slack itself is not spoken to before a tool needs it. */
export async function createContext(config: SlackConfig): Promise<SlackContext> {
  const policy = createChannelPolicy(config.onlyChannel, config.allowedChannels)
  const slack = config.token === undefined ? undefined : createSlackApi(config.token, config.apiUrl)
  const { databasePath: path, incidentFolder } = config
  return { outbox: await openOutbox({ path, slack, policy, incidentFolder }), slack, policy }
}

export const defineTool = define<SlackContext>()
