import { clip, takeWithin } from '@kubevigil/core/budget'
import { Sev } from '@kubevigil/core/policy'
import { toInstant } from '@kubevigil/core/time'
import { trendKinds, trendsOf } from '@kubevigil/core/trends'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'

/** Looks that the answer shows one by one. */
const shownLooks = 24

export const getTrends = defineTool({
  name: 'get_trends',
  title: 'Get trends',
  description:
    'How a scope moves over cycles: escalation, degradation, recovery, recurring, chronic, flapping or steady, with the numbers behind each.',
  effect: 'read',
  input: z.strictObject({
    scope: z.enum(['fingerprint', 'service', 'namespace', 'cluster']).describe('Whose course'),
    name: z.string().min(1).max(200).optional().describe('Which one'),
    cluster: parameters.cluster.optional().describe('Default: that of the newest cycle'),
    days: z.int().min(1).max(90).default(7).describe('How far back'),
  }),
  output: z.strictObject({
    cluster: z.string(),
    scope: z.string(),
    name: z.string().nullable(),
    looks: z.int().describe('Recorded cycles in the window'),
    from: z.string().nullable(),
    to: z.string().nullable(),
    incidents: z.int(),
    verdicts: z.array(
      z.strictObject({
        verdict: z.enum(trendKinds),
        confidence: z.enum(['low', 'medium', 'high']),
        why: z.string(),
        numbers: z.record(z.string(), z.number()),
        about: z.array(z.string()).describe('Fingerprints, or services that flap; empty for the whole scope'),
      }),
    ),
    recent: z
      .array(z.strictObject({ at: z.string(), count: z.int(), sev: Sev.nullable(), seen: z.boolean() }))
      .describe('Last looks: affected objects, gravest SEV; seen is false when only still open from before'),
    notes: z.array(z.string()),
  }),
  async run(asked, { memory, now }) {
    const { scope, name, days } = asked
    if ((scope === 'cluster') !== (name === undefined))
      throw new UserError(
        'scope-name',
        scope === 'cluster' ? 'A cluster is named by cluster, not by name.' : `Which ${scope} is meant is not said.`,
        scope === 'cluster' ? 'Leave name out.' : 'Give it as name.',
      )
    const at = now()
    const { cluster, looks, tracks, cut } = await memory.course(asked, at)
    if (cluster === null)
      throw new UserError(
        'cycles-none',
        `No cycle${asked.cluster === undefined ? '' : ` of ${asked.cluster}`} is recorded.`,
        'record_cycle ends each cycle.',
      )
    const { verdicts, points } = trendsOf(tracks, looks, at)
    const [first, last] = [looks[0], looks.at(-1)].map((look) => (look === undefined ? null : toInstant(look.at)))
    return {
      cluster,
      scope,
      name: name ?? null,
      looks: looks.length,
      from: first ?? null,
      to: last ?? null,
      incidents: tracks.length,
      verdicts: verdicts.map((verdict) => ({
        ...verdict,
        why: clip(verdict.why, 400),
        about: takeWithin(verdict.about ?? [], 1_200).kept,
      })),
      recent: points
        .slice(-shownLooks)
        .map(({ at: then, count, sev, seen }) => ({ at: toInstant(then), count, sev, seen })),
      notes: [
        ...(tracks.length === 0 ? [`Nothing of this ${scope} is remembered within ${days} days.`] : []),
        ...(cut ? ['The window holds more than is read at once: only its newest looks count.'] : []),
      ],
    }
  },
})
