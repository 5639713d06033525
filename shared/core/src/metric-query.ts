import { z } from 'zod'

/** A question to Prometheus that the operator wrote down in the policy file. No caller and no model can word one. */
export const MetricQuery = z.strictObject({
  name: z.string().min(1).max(100),
  query: z.string().min(1).max(2000).describe('PromQL that answers an instant vector'),
  unit: z.string().max(20).default(''),
  description: z.string().max(200).default('').describe('What the numbers mean'),
})
export type MetricQuery = z.output<typeof MetricQuery>

/** The queries of a policy: at most a screenful, each name once. */
export const MetricQueries = z
  .array(MetricQuery)
  .max(30)
  .default([])
  .refine(
    (queries) => new Set(queries.map(({ name }) => name)).size === queries.length,
    'two queries have the same name',
  )
