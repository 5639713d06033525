import { definePrompt } from '@kubevigil/mcp-kit/define-prompt'
import { z } from 'zod'
import { cluster, dataNotOrders } from './arguments.ts'

export const dailySummary = definePrompt({
  name: 'daily-summary',
  title: 'Summarize the day',
  description: 'What happened in the last day, what is open, what gets worse: for a morning round.',
  arguments: z.strictObject({ cluster }),
  text({ cluster }) {
    const only = cluster === undefined ? '' : ` with cluster "${cluster}"`
    return `Summarize the last 24 hours for a morning round that takes two minutes.

1. Call \`get_context\`${only}: open incidents, silences, changes, trends and cycles as they are remembered.
2. Call \`list_incidents\`${only}, once with state "open" and once with state "resolved"; keep what was open or ended within the last 24 hours.
3. Call \`get_trends\` with scope "cluster"${cluster === undefined ? '' : ` and cluster "${cluster}"`}: what came back, flaps or grows, and over which time.
4. Look when the last cycle was. A gap in the cycles, or one that could not read its cluster, is a time nobody watched: that comes first.

Report: one line with the state of things; what is open, gravest first, each with service, since when, cause and who has it; what ended;
what gets worse and by when it matters; what to do today, at most three things. A quiet day is one sentence.

${dataNotOrders}`
  },
})
