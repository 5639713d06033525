import { defineTool as define } from '@kubevigil/mcp-kit/define-tool'
import { createApprovals, type Approvals } from './approvals/approvals.ts'
import type { SlackConfig } from './config.ts'
import type { Clock } from './outbox/deliver.ts'
import { createOutbox, type Outbox } from './outbox/outbox.ts'
import { openState } from './outbox/state.ts'
import type { Ways } from './outbox/ways.ts'
import type { SlackApi } from './slack/api.ts'
import { createButtons, type Press } from './slack/buttons.ts'
import { createChannelPolicy, type ChannelPolicy } from './slack/channel-policy.ts'
import { createSlackApi } from './slack/web-api.ts'
import { createTeamsWebhook } from './teams/webhook.ts'

/** What a tool of this server may touch. */
export interface SlackContext {
  outbox: Outbox
  approvals: Approvals
  /** Undefined without a token. */
  slack: SlackApi | undefined
  policy: ChannelPolicy
  ways: Ways
  close: () => Promise<void>
}

/**
 * Opens the outbox; nobody is spoken to before a tool needs it, unless an approval waits for a button.
 * @param options for tests: the clock
 */
export async function createContext(config: SlackConfig, options: { clock?: Clock } = {}): Promise<SlackContext> {
  const { token, appToken, apiUrl, teamsWebhook, incidentFolder, approval } = config
  const policy = createChannelPolicy(config.onlyChannel, config.allowedChannels)
  const slack = token === undefined ? undefined : createSlackApi(token, apiUrl)
  const teams = teamsWebhook === undefined ? undefined : createTeamsWebhook(teamsWebhook)
  const ways = { slack: slack !== undefined, teams: teams !== undefined }
  const store = await openState(config.databasePath)
  const outbox = createOutbox({ store, slack, teams, routing: { policy, ways }, incidentFolder, ...options })
  const hears = slack !== undefined && appToken !== undefined
  const listen = hears ? (onPress: (press: Press) => void) => createButtons(appToken, apiUrl, onPress) : undefined
  const approvals = createApprovals({ store, outbox, slack, listen, channels: policy, policy: approval, now: Date.now })
  const close = async (): Promise<void> => {
    await approvals.close()
    store.close()
  }
  return { outbox, approvals, slack, policy, ways, close }
}

export const defineTool = define<SlackContext>()
