import { clip } from '@kubevigil/core/budget'
import type { MetricQuery } from '@kubevigil/core/metric-query'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import type { Sources } from '../diagnose/sources.ts'
import type { Prometheus, Sample } from '../prometheus/client.ts'

export const CustomRow = z.strictObject({
  name: z.string(),
  description: z.string(),
  unit: z.string(),
  samples: z.array(z.strictObject({ labels: z.string(), value: z.number() })).describe('Highest first'),
  omitted: z.int().describe('Lower samples left out'),
})
export type CustomRow = z.output<typeof CustomRow>

/** Samples shown of one query. */
const mostSamples = 20

/** Answers of the policy file's queries, one after the other; one that fails leaves its gap in the coverage. */
export async function customRows(
  name: string | undefined,
  { queries, prometheus, now }: { queries: readonly MetricQuery[]; prometheus: Prometheus | undefined; now: number },
  sources: Sources,
  signal: AbortSignal,
): Promise<CustomRow[]> {
  const wanted = queries.filter((query) => name === undefined || query.name === name)
  if (wanted.length === 0) throw noQuery(name, queries)
  if (prometheus === undefined)
    throw new UserError(
      'prometheus-missing',
      'No Prometheus is configured for this context.',
      "Set PROMETHEUS_URL to the one of the default context's cluster.",
    )
  const rows: CustomRow[] = []
  for (const query of wanted) {
    const answer = await sources.attempt(`prometheus ${query.name}`, () => prometheus.query(query.query, now, signal))
    if (answer !== undefined) rows.push(rowOf(query, answer.samples))
  }
  return rows
}

function rowOf({ name, description, unit }: MetricQuery, samples: readonly Sample[]): CustomRow {
  const shown = samples.toSorted((a, b) => b.value - a.value).slice(0, mostSamples)
  return {
    name,
    description,
    unit,
    samples: shown.map(({ labels, value }) => ({ labels: labelText(labels), value })),
    omitted: samples.length - shown.length,
  }
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).filter(([label]) => label !== '__name__')
  return clip(pairs.map(([label, value]) => `${label}=${value}`).join(' '), 300)
}

function noQuery(name: string | undefined, queries: readonly MetricQuery[]): UserError {
  if (queries.length === 0)
    return new UserError(
      'queries-missing',
      'The policy file has no metric queries.',
      'Write them under metricQueries in the file that KUBEVIGIL_POLICY names.',
    )
  return new UserError(
    'query-unknown',
    `The policy file has no metric query "${clip(name ?? '', 100)}".`,
    `It has: ${queries.map((query) => query.name).join(', ')}.`,
  )
}
