import { assess } from '@kubevigil/core/assess'
import { Assessment } from '@kubevigil/core/assessment'
import { Confidence } from '@kubevigil/core/change'
import { ClusterStatus, Incident } from '@kubevigil/core/incident'
import { Delivery } from '@kubevigil/core/notification'
import { Coverage } from '@kubevigil/core/observe'
import { redactDeep } from '@kubevigil/core/redact'
import { forbiddenSources, resolvedNow } from '@kubevigil/core/remember'
import { toInstant, toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, handedOn, parameters } from '../context.ts'
import type { NewCycle } from '../store/memory.ts'

/** Deliveries after which somebody has been told, or will be as soon as Slack takes it. */
const toldBy = new Set<Delivery['state']>(['sent', 'updated', 'unchanged', 'queued'])

const input = z.strictObject({
  key: z.string().min(1).max(200).describe('Unique name of the cycle; a key is recorded once'),
  ...parameters,
  engine: z.string().max(80).describe('Who judged: rules, or a model'),
  startedAt: z
    .string()
    .max(40)
    .refine((text) => toMillis(text) !== undefined, 'write it as ISO 8601')
    .describe('ISO 8601'),
  durationMs: z.int().min(0).max(86_400_000).describe('How long it took'),
  status: ClusterStatus.describe('As check_cluster_health answered'),
  coverage: z.array(handedOn(Coverage, 'An entry')).max(80).describe('What could be read'),
  incidents: z
    .array(
      z.strictObject({
        incident: handedOn(Incident, 'The incident of check_cluster_health'),
        assessment: handedOn(Assessment, 'Its assessment of assess_incidents'),
        correlation: z
          .strictObject({
            repository: z.string().max(512),
            sha: z.string().max(64),
            url: z.string().max(1024),
            score: z.number().min(0).max(1),
            confidence: Confidence,
          })
          .nullable()
          .describe('The first suspect of correlate_incident'),
        delivery: handedOn(Delivery, 'The answer of notify_incident').nullable(),
      }),
    )
    .max(100)
    .describe('What was seen, judged and told'),
  resolved: z.array(z.string().max(64)).max(500).describe('Fingerprints that assess_incidents called resolved'),
  usage: z
    .strictObject({
      inputTokens: z.int().min(0),
      outputTokens: z.int().min(0),
      costUsd: z.number().min(0),
    })
    .describe('What the model took; zeros without one'),
})

export const recordCycle = defineTool({
  name: 'record_cycle',
  title: 'Record cycle',
  description:
    'Remembers one monitoring cycle, once per key, all of it or nothing. The SEV kept is never milder than the one the rules give, and what this look could not have shown is not resolved.',
  effect: 'write',
  input,
  output: z.strictObject({
    cycle: z.int(),
    recorded: z.boolean().describe('False when the key was recorded before; nothing changed then'),
    open: z.int(),
    resolved: z.int(),
    warnings: z.array(z.string()),
  }),
  async run(args, { memory, catalog, hasCatalog, policy, now }) {
    const at = now()
    const cycle = redactDeep(args) as z.output<typeof input>
    const { cluster, coverage } = cycle
    const incidents = cycle.incidents.map((one) => one.incident)
    const history = { incidents: await memory.history(cluster, at) }
    const rules = assess({ cluster, incidents, coverage, catalog, hasCatalog, policy, history }, at)
    const over = resolvedNow(history, { incidents, coverage })
    const resolvable = new Set(over.resolved.map((incident) => incident.fingerprint))
    const refused = cycle.resolved.filter((fingerprint) => !resolvable.has(fingerprint))
    const unread = forbiddenSources(coverage)
    const recorded = await memory.record(
      {
        ...cycle,
        resolved: cycle.resolved.filter((fingerprint) => resolvable.has(fingerprint)),
        incidents: cycle.incidents.map(({ incident, assessment, correlation, delivery }, index) => {
          const ruled = rules[index]!
          const kept = ruled.sev < assessment.sev ? { ...assessment, sev: ruled.sev, known: ruled.known } : assessment
          return {
            incident,
            assessment: kept,
            change: correlation,
            told: toldOf(kept, delivery, at),
            delivery: delivery?.state ?? null,
            unread,
          }
        }),
      },
      at,
    )
    const milder = cycle.incidents.filter(({ assessment }, index) => rules[index]!.sev < assessment.sev)
    return {
      ...recorded,
      warnings: recorded.recorded
        ? [
            ...sentence(milder.length, 'incidents were kept with the graver SEV that the rules give'),
            ...sentence(
              refused.length,
              'incidents were not resolved: not open, or this look could not have shown them',
            ),
          ]
        : [],
    }
  },
})

type Told = NewCycle['incidents'][number]['told']

/** The message about an incident, when this cycle sent or queued one. */
function toldOf({ sev, decision, told }: Assessment, delivery: Delivery | null, now: number): Told {
  if (delivery === null || !toldBy.has(delivery.state)) return null
  const at = delivery.state === 'unchanged' && told !== null ? told.at : toInstant(now)
  return { at, channel: delivery.channel ?? decision.channel, ts: delivery.ts ?? told?.ts ?? null, sev }
}

function sentence(count: number, text: string): string[] {
  return count === 0 ? [] : [`${count} ${text}.`]
}
