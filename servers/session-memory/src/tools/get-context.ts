import { trendsOf } from '@kubevigil/core/trends'
import { z } from 'zod'
import { contextTokens } from '../config.ts'
import { defineTool, parameters, sessionName } from '../context.ts'
import { contextText } from '../recall/context-text.ts'
import { partOf } from '../recall/parts.ts'
import type { ClusterTrends } from '../recall/sections.ts'
import type { Memory, Overview } from '../store/memory.ts'

const trendDays = 7
/** Clusters whose trends are told; who has more asks for one. */
const mostClusters = 5

export const getContext = defineTool({
  name: 'get_context',
  title: 'Get context',
  description:
    'What is remembered, as text to begin with: open SEV-1 and SEV-2, pins, silences, changes, trends, milder incidents, cycles, the named session. The first part holds what is grave.',
  effect: 'read',
  input: z.strictObject({
    cluster: parameters.cluster.optional().describe('Only this cluster'),
    session: sessionName.optional().describe('Its messages too'),
    model: z.string().max(100).optional().describe('Whose tokens count'),
    maxTokens: z
      .int()
      .min(contextTokens.min)
      .max(contextTokens.max)
      .optional()
      .describe('Of all parts; default MAX_CONTEXT_TOKENS'),
    cursor: z
      .string()
      .regex(/^\d{1,9}~[0-9a-f]{8}$/, 'take nextCursor of the part before')
      .optional()
      .describe('nextCursor before'),
  }),
  output: z.strictObject({
    text: z.string(),
    tokens: z.int().describe('Estimate for all parts'),
    leftOut: z.array(z.strictObject({ section: z.string(), count: z.int() })),
    nextCursor: z.string().nullable(),
  }),
  async run({ cluster, session, model, maxTokens, cursor }, { memory, maxContextTokens, now }) {
    const at = now()
    const overview = await memory.overview(cluster, session)
    const { text, tokens, leftOut } = contextText(overview, {
      maxTokens: maxTokens ?? maxContextTokens,
      perEstimate: await memory.tokensPerEstimate(model),
      trends: await trendsIn(memory, overview, at),
      now: at,
    })
    return { ...partOf(text, cursor), tokens, leftOut }
  },
})

async function trendsIn(memory: Memory, { cycles }: Overview, now: number): Promise<ClusterTrends[]> {
  const clusters = [...new Set(cycles.map((cycle) => cycle.cluster))].sort().slice(0, mostClusters)
  return Promise.all(
    clusters.map(async (cluster) => {
      const { looks, tracks } = await memory.course({ scope: 'cluster', cluster, days: trendDays }, now)
      return { cluster, verdicts: trendsOf(tracks, looks, now).verdicts }
    }),
  )
}
