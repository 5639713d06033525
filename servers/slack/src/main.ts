import { runStdioServer } from '@kubevigil/mcp-kit/stdio'
import { readConfig, SlackEnvironment } from './config.ts'

await runStdioServer({
  name: 'slack',
  version: '0.1.0',
  instructions:
    'Tells people in Slack and Teams, once an incident. Use notify_incident with the facts of an assessment: it writes the message, edits it when facts ' +
    'change and answers unchanged when there is nothing new, so call it every cycle. Use notify_digest for incidents that were decided to be told together, ' +
    'resolve_incident when an incident has ended, and post_message for anything else. request_approval asks people to agree to a plan and get_approval says what they ' +
    'decided; nothing else decides. A state of queued means that the message is safe on disk and a later call sends it: do not send it another way; ' +
    'get_notification_status says why it waits.',
  environment: SlackEnvironment,
  readConfig,
  // On first use: whoever starts the server waits for none of it.
  tools: async () => (await import('./tools/index.ts')).tools,
  createContext: async (config) => (await import('./context.ts')).createContext(config),
  closeContext: ({ close }) => close(),
})
