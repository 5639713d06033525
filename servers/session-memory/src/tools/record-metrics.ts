import { takeWithin } from '@kubevigil/core/budget'
import { redactDeep } from '@kubevigil/core/redact'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { readCsv } from '../csv/read.ts'
import { MetricSeries, refuseUnfit, toSeries } from './metric-input.ts'

const input = z.strictObject({
  ...parameters,
  series: MetricSeries.default([]).describe('Readings'),
  csv: z
    .string()
    .max(2_000_000)
    .optional()
    .describe('Or a file: timestamp, namespace, pod, cpu, memory, restarts … in any order'),
})

export const recordMetrics = defineTool({
  name: 'record_metrics',
  title: 'Record metrics',
  description:
    'Keeps readings of metric series, each once for its instant; old ones are folded into coarser ones. detect_anomalies judges them.',
  effect: 'write',
  input,
  output: z.strictObject({
    series: z.int(),
    recorded: z.int(),
    known: z.int().describe('Recorded before; nothing changed'),
    tooOld: z.int().describe('Older than what is kept reading by reading; record old files before new ones'),
    problems: z.array(z.string()).describe('CSV cells and lines that were left out'),
    moreProblems: z.int(),
  }),
  async run(args, { memory, now }) {
    const { cluster, series, csv } = redactDeep(args) as z.output<typeof input>
    const file = csv === undefined ? { series: [], problems: [] } : readCsv(cluster, csv)
    const all = [...toSeries(cluster, series), ...file.series].filter(({ points }) => points.length > 0)
    refuseUnfit(all, now())
    const { kept, omitted } = takeWithin(file.problems, 6_000)
    return { ...(await memory.recordMetrics(all)), problems: kept, moreProblems: omitted }
  },
})
