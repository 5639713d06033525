import { assess } from '@kubevigil/core/assess'
import type { Assessment } from '@kubevigil/core/assessment'
import type { Delivery } from '@kubevigil/core/notification'
import { redactDeep } from '@kubevigil/core/redact'
import { forbiddenSources, resolvedNow } from '@kubevigil/core/remember'
import { toInstant } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool } from '../context.ts'
import type { NewCycle } from '../store/memory.ts'
import { CycleInput } from './cycle-input.ts'
import { refuseUnfit, toSeries } from './metric-input.ts'

/** Deliveries after which somebody has been told, or will be as soon as Slack takes it. */
const toldBy = new Set<Delivery['state']>(['sent', 'updated', 'unchanged', 'queued'])

export const recordCycle = defineTool({
  name: 'record_cycle',
  title: 'Record cycle',
  description:
    'Remembers one monitoring cycle, once per key, whole. Never keeps a milder SEV than the rules give, nor resolves what this look could not have shown.',
  effect: 'write',
  input: CycleInput,
  output: z.strictObject({
    cycle: z.int(),
    recorded: z.boolean().describe('False when the key was recorded before; nothing changed then'),
    open: z.int(),
    resolved: z.int(),
    dropped: z.int().describe('Old messages of the session that its limit left no room for'),
    warnings: z.array(z.string()),
  }),
  async run(args, { memory, catalog, hasCatalog, policy, maxContextTokens, now }) {
    const at = now()
    const cycle = redactDeep(args) as z.output<typeof CycleInput>
    const { cluster, coverage, session, usage } = cycle
    const metrics = toSeries(cluster, cycle.metrics ?? [])
    refuseUnfit(metrics, at)
    const incidents = cycle.incidents.map((one) => one.incident)
    const history = { incidents: await memory.history(cluster, at) }
    const rules = assess({ cluster, incidents, coverage, catalog, hasCatalog, policy, history }, at)
    const over = resolvedNow(history, { incidents, coverage })
    const resolvable = new Set(over.resolved.map((incident) => incident.fingerprint))
    const refused = cycle.resolved.filter((fingerprint) => !resolvable.has(fingerprint))
    const unread = forbiddenSources(coverage)
    const { tooOld, ...recorded } = await memory.record(
      {
        ...cycle,
        usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, costUsd: usage.costUsd },
        models: usage.models,
        metrics,
        session: session === undefined ? undefined : { ...session, maxTokens: maxContextTokens },
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
            ...sentence(tooOld, 'readings were not kept: older than what is kept reading by reading'),
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
