import { z } from 'zod'
import { contextTokens } from '../config.ts'
import { defineTool, parameters } from '../context.ts'
import { contextText } from '../recall/context-text.ts'

export const getContext = defineTool({
  name: 'get_context',
  title: 'Get context',
  description:
    'What is remembered, as text to begin a session or cycle with: open SEV-1 and SEV-2 first, then what changed in the last cycle, milder incidents, recent cycles. ' +
    'Never over the budget; leftOut names what did not fit.',
  effect: 'read',
  input: z.strictObject({
    cluster: parameters.cluster.optional().describe('Only this cluster; all when absent'),
    maxTokens: z
      .int()
      .min(contextTokens.min)
      .max(contextTokens.max)
      .optional()
      .describe('Budget; default: MAX_CONTEXT_TOKENS. No text is over 16,000 characters'),
  }),
  output: z.strictObject({
    text: z.string(),
    tokens: z.int().describe('Estimated on the high side'),
    leftOut: z.array(z.strictObject({ section: z.string(), count: z.int() })),
  }),
  async run({ cluster, maxTokens }, { memory, maxContextTokens, now }) {
    return contextText(await memory.overview(cluster), maxTokens ?? maxContextTokens, now())
  },
})
