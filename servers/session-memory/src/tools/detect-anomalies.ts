import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { anomalyKinds } from '@kubevigil/core/anomaly/features'
import { takeWithin } from '@kubevigil/core/budget'
import { day } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { csvPage } from '../metrics/csv-page.ts'
import { judgeSeries, worstFirst, type Judgement } from '../metrics/judge.ts'

/** Series one call looks at. */
const mostSeries = 2000
const answerBudget = 15_000

const Series = { cluster: z.string(), metric: z.string(), labels: z.record(z.string(), z.string()) }

export const detectAnomalies = defineTool({
  name: 'detect_anomalies',
  title: 'Detect anomalies',
  description:
    'What is unusual in recorded metrics, by each series’ own past, worst first; when limits are reached; what fell silent. Or the readings as CSV.',
  effect: 'read',
  input: z.strictObject({
    cluster: parameters.cluster.optional().describe('Default: all'),
    metric: z.string().max(120).optional().describe('Default: all'),
    namespace: z.string().max(253).optional().describe('Default: all'),
    name: z.string().max(253).optional().describe('Label name, such as a pod'),
    days: z.int().min(1).max(730).default(7).describe('Back from the newest reading'),
    format: z.enum(['anomalies', 'csv']).default('anomalies').describe('Of the answer'),
    cursor: z
      .string()
      .regex(/^\d{1,9}$/)
      .optional()
      .describe('nextCursor of the page before'),
  }),
  output: z.strictObject({
    series: z.int().describe('Series looked at'),
    learning: z.int().describe('Of them, those with too little history to judge'),
    entries: z.array(
      z.strictObject({
        ...Series,
        kind: z.enum([...anomalyKinds, 'absent', 'forecast']),
        says: z.string(),
        since: z.string().nullable(),
        until: z.string().nullable().describe('Of an anomaly its last unusual reading; of a forecast when it fills'),
        ongoing: z.boolean(),
        score: z.number().describe('0 to 1; from 0.5 on it is an anomaly'),
        confidence: z.enum(['low', 'medium', 'high']),
        numbers: z.record(z.string(), z.number()),
      }),
    ),
    csv: z.string().nullable(),
    notes: z.array(z.string()),
    omitted: z.int().describe('Entries or lines behind this page'),
    nextCursor: z.string().nullable(),
  }),
  async run({ days, format, cursor, ...filter }, { memory, now }) {
    const found = await memory.series(filter, mostSeries + 1)
    const looked = found.slice(0, mostSeries)
    const notes = notesOn(
      found.length,
      looked.map(({ lastAt }) => lastAt),
      now(),
    )
    const skip = Number(cursor ?? 0)
    const newest = looked.reduce((most, { lastAt }) => Math.max(most, lastAt), 0)
    const from = newest - days * day
    const none = { series: looked.length, learning: 0, entries: [], csv: null, notes }
    if (format === 'csv') return { ...none, ...(await csvPage(memory, looked, from, skip)) }
    const judged: Judgement[] = []
    for (const series of looked) {
      judged.push(judgeSeries(series, await memory.points(series, from - history), from, newest))
      // Judging is sums over thousands of readings: others get a turn between two series.
      await yieldToOthers()
    }
    const rest = worstFirst(judged).slice(skip)
    const { kept, omitted } = takeWithin(rest, answerBudget)
    return {
      ...none,
      learning: judged.filter(({ learning }) => learning).length,
      entries: kept,
      omitted,
      nextCursor: omitted > 0 ? String(skip + kept.length) : null,
    }
  },
})

/** What a series did before the window is what the window is judged by. */
const history = 28 * day

function notesOn(series: number, lastAt: readonly number[], now: number): string[] {
  if (series === 0) return ['No series matches. record_metrics keeps them.']
  const silence = now - Math.max(...lastAt)
  return [
    ...(series > mostSeries
      ? [`Only the first ${mostSeries} series were looked at: name a cluster, metric or namespace.`]
      : []),
    ...(silence > day
      ? [`The newest reading is ${Math.floor(silence / day)} days old: nobody records these metrics any more.`]
      : []),
  ]
}
