import { metricTypes } from '@kubevigil/core/anomaly'
import { day, toMillis } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
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

/** Readings of metric series, as `record_metrics` and `record_cycle` take them. */
export const MetricSeries = z
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

/** Series as the store takes them. */
export function toSeries(cluster: string, series: z.output<typeof MetricSeries>): NewSeries[] {
  return series.map(({ metric, labels, type, unit, limit, points }) => ({
    cluster,
    metric,
    labels,
    type,
    unit,
    limit: limit ?? null,
    points: points.map(({ at, value }) => ({ at: toMillis(at)!, value })),
  }))
}

/** @throws UserError when there are more readings than one write should hold, or one of a far day, which would make all others look old */
export function refuseUnfit(series: readonly NewSeries[], now: number): void {
  const readings = series.reduce((sum, { points }) => sum + points.length, 0)
  if (readings > mostReadings)
    throw new UserError(
      'metrics-many',
      `${readings} readings are too many for one call, so nothing was recorded.`,
      `Give at most ${mostReadings} at once.`,
    )
  const wrong = series.find(({ points }) => points.some(({ at }) => at > now + day))
  if (wrong !== undefined)
    throw new UserError(
      'metrics-future',
      `A reading of ${wrong.metric} is from tomorrow or later, so nothing was recorded.`,
      'Check the clock and the time zone of the source.',
    )
}
