import { takeWithin } from '@kubevigil/core/budget'
import { metricTypes } from '@kubevigil/core/anomaly'
import { redactDeep } from '@kubevigil/core/redact'
import { day, toMillis } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { readCsv } from '../csv/read.ts'
import type { NewSeries } from '../store/metrics.ts'

/** Readings of one call: more would keep other writers waiting. */
const mostReadings = 100_000

const Point = z.strictObject({
  at: z
    .string()
    .max(40)
    .refine((text) => toMillis(text) !== undefined, 'write it as ISO 8601'),
  value: z.number(),
})

const input = z.strictObject({
  ...parameters,
  series: z
    .array(
      z.strictObject({
        metric: z.string().min(1).max(120),
        labels: z
          .record(z.string(), z.string().max(253))
          .refine(
            (labels) => Object.entries(labels).every(([key]) => key.length <= 60) && Object.keys(labels).length <= 12,
            'at most 12 labels, with names of at most 60 characters',
          )
          .describe('namespace, kind, name, container …'),
        type: z.enum(metricTypes).default('gauge').describe('counter: only grows, but for resets'),
        unit: z.string().max(30).default('').describe('bytes, cores …'),
        limit: z.number().positive().optional().describe('Volume size, memory limit'),
        points: z.array(Point).max(5000),
      }),
    )
    .max(1000)
    .default([])
    .describe('Readings'),
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
    const given = series.map(({ metric, labels, type, unit, limit, points }): NewSeries => ({
      cluster,
      metric,
      labels,
      type,
      unit,
      limit: limit ?? null,
      points: points.map(({ at, value }) => ({ at: toMillis(at)!, value })),
    }))
    const all = [...given, ...file.series].filter(({ points }) => points.length > 0)
    refuseTooMany(all)
    refuseFuture(all, now())
    const { kept, omitted } = takeWithin(file.problems, 6_000)
    return { ...(await memory.recordMetrics(all)), problems: kept, moreProblems: omitted }
  },
})

function refuseTooMany(series: readonly NewSeries[]): void {
  const readings = series.reduce((sum, { points }) => sum + points.length, 0)
  if (readings > mostReadings)
    throw new UserError(
      'metrics-many',
      `${readings} readings are too many for one call, so nothing was recorded.`,
      `Give at most ${mostReadings} at once.`,
    )
}

/** A reading of a far day would make all others look old. */
function refuseFuture(series: readonly NewSeries[], now: number): void {
  const wrong = series.find(({ points }) => points.some(({ at }) => at > now + day))
  if (wrong !== undefined)
    throw new UserError(
      'metrics-future',
      `A reading of ${wrong.metric} is from tomorrow or later, so nothing was recorded.`,
      'Check the clock and the time zone of the source.',
    )
}
