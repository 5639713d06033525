import { Assessment } from '@kubevigil/core/assessment'
import { Confidence } from '@kubevigil/core/change'
import { ClusterStatus, Incident } from '@kubevigil/core/incident'
import { Delivery } from '@kubevigil/core/notification'
import { Coverage } from '@kubevigil/core/observe'
import { toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { handedOn, inWords, parameters, sessionName } from '../context.ts'
import { importances, messageRoles } from '../store/sessions.ts'
import { MetricSeries } from './metric-input.ts'

const count = z.int().min(0)
const cost = z.number().min(0)

const SeenIncident = z.strictObject({
  incident: Incident,
  assessment: Assessment,
  correlation: z
    .object({
      repository: z.string().max(512),
      sha: z.string().max(64),
      url: z.string().max(1024),
      score: z.number().min(0).max(1),
      confidence: Confidence,
    })
    .nullable(),
  delivery: Delivery.nullable(),
})

const ModelCalls = z.strictObject({
  model: z.string().min(1).max(100),
  inputTokens: count,
  outputTokens: count,
  estimatedInputTokens: count,
  costUsd: cost,
})

/** Text that JSON does not swell: no control characters but tabs and line ends, no half of a surrogate pair. */
const plainText = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => text.toWellFormed().replaceAll(/[^\P{Cc}\t\n]/gu, ''))

const Message = z.strictObject({
  role: z.enum(messageRoles),
  importance: z.enum(importances),
  pinned: z.boolean(),
  text: plainText(8000),
})

const Session = z.strictObject({
  id: sessionName,
  summary: plainText(4000).nullable(),
  messages: z.array(Message).max(50),
})

/** What `record_cycle` takes. */
export const CycleInput = z.strictObject({
  key: z.string().min(1).max(200).describe('Unique'),
  ...parameters,
  session: inWords(
    Session,
    `For get_context: {id, summary, messages: [{role, importance: ${importances.join('|')}, pinned, text}]}`,
  ).optional(),
  engine: z.string().max(80).describe('rules or a model'),
  startedAt: z
    .string()
    .max(40)
    .refine((text) => toMillis(text) !== undefined, 'write it as ISO 8601')
    .describe('ISO 8601'),
  durationMs: count.max(86_400_000).describe('Its length'),
  status: ClusterStatus.describe('Of check_cluster_health'),
  coverage: z.array(handedOn(Coverage, 'Entry')).max(80).describe('Of check_cluster_health'),
  incidents: z
    .array(
      inWords(
        SeenIncident,
        '{incident, assessment, correlation: first suspect or null, delivery or null}, each as its tool answered',
      ),
    )
    .max(100)
    .describe('What it saw'),
  metrics: z
    .array(z.unknown())
    .meta({ description: 'As record_metrics', items: undefined })
    .pipe(MetricSeries)
    .optional(),
  resolved: z.array(z.string().max(64)).max(500).describe('Fingerprints, of assess_incidents'),
  usage: inWords(
    z.strictObject({
      inputTokens: count,
      outputTokens: count,
      costUsd: cost,
      models: z.array(ModelCalls).max(20).optional(),
    }),
    '{inputTokens, outputTokens, costUsd}, zeros without a model',
  ),
})
