import { Delivery } from '@kubevigil/core/notification'
import { z } from 'zod'
import { defineTool } from '../context.ts'

export const postMessage = defineTool({
  name: 'post_message',
  title: 'Post a message',
  description:
    'Posts a text, such as a summary; mentions are taken out. Not for incidents: notify_incident tells once.',
  effect: 'write',
  input: z.strictObject({
    channel: z.string().min(1).max(80).describe('Allowed channel'),
    text: z.string().min(1).max(3000).describe("Text; Slack's *bold*, _italic_ and `code` work"),
    threadTs: z
      .string()
      .regex(/^\d{1,10}\.\d{1,6}$/, "give the ts of the thread's first message, such as 1795183380.000100")
      .optional()
      .describe('ts of the message to answer'),
    key: z.string().min(1).max(200).describe('Your name for it: a key is posted once'),
  }),
  output: Delivery,
  run: ({ channel, text, threadTs, key }, { outbox }) => outbox.post({ channel, text, threadTs, key }),
})
