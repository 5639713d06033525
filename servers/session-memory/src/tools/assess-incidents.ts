import { assess } from '@kubevigil/core/assess'
import { Assessment } from '@kubevigil/core/assessment'
import { takeWithin } from '@kubevigil/core/budget'
import { decideAll } from '@kubevigil/core/decide'
import { Incident, ObjectRef } from '@kubevigil/core/incident'
import { Coverage } from '@kubevigil/core/observe'
import { Priority, Sev } from '@kubevigil/core/policy'
import { resolvedNow, type RememberedIncident } from '@kubevigil/core/remember'
import { toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, handedOn, parameters } from '../context.ts'

/** Characters of the answer's parts, so that the whole stays under the kit's budget. */
const resolvedBudget = 4_000
const assessedBudget = 13_500

const Resolved = z.strictObject({
  fingerprint: z.string(),
  title: z.string(),
  rule: z.string(),
  root: ObjectRef,
  service: z.string().nullable(),
  sev: Sev,
  priority: Priority,
  impact: z.string(),
  owners: z.array(z.string()),
  since: z.string().nullable(),
  openedAt: z.string(),
  durationSeconds: z.int().min(0).describe('From its onset, or its first sighting, to now'),
  members: z.strictObject({ count: z.int(), examples: z.array(z.string()) }),
  channel: z.string().nullable().describe('Where it was told; null when nobody was'),
  ts: z.string().nullable().describe("Slack's id of the message"),
})

export const assessIncidents = defineTool({
  name: 'assess_incidents',
  title: 'Assess incidents',
  description:
    'Judges the incidents of one check_cluster_health answer by catalog, policy and memory: SEV, state, who is told now and how, ' +
    'when next, what is over. Changes nothing; record_cycle keeps the outcome.',
  effect: 'read',
  input: z.strictObject({
    cluster: parameters.cluster,
    coverage: z.array(handedOn(Coverage, 'An entry')).max(80).describe('Its coverage'),
    incidents: z.array(handedOn(Incident, 'An incident')).max(100).describe('Its incidents'),
    namespace: z.string().max(128).optional().describe('The namespace it was narrowed to'),
    omitted: z.int().min(0).default(0).describe('Its omitted.incidents: while above 0, nothing counts as over'),
    raise: z
      .array(
        z.strictObject({
          fingerprint: z.string().max(64),
          sev: Sev,
          reason: z.string().min(10).max(300),
        }),
      )
      .max(100)
      .default([])
      .describe('What evidence shows to be worse; SEVs are never lowered'),
    cursor: z.int().min(0).max(100).default(0).describe('nextCursor of the answer before; all else as then'),
  }),
  output: z.strictObject({
    assessments: z.array(Assessment).describe('Gravest first'),
    resolved: z.array(Resolved).describe('Remembered incidents that are over'),
    nextCursor: z.int().nullable().describe('Ask for the milder assessments with it; null on the last'),
    warnings: z.array(z.string()),
  }),
  async run(look, { memory, catalog, hasCatalog, policy, now }) {
    const at = now()
    const { cluster, incidents, raise, cursor } = look
    const history = { incidents: await memory.history(cluster, at) }
    const handlings = await memory.handlings(cluster)
    const raises = new Map(raise.map(({ fingerprint, sev, reason }) => [fingerprint, { to: sev, reason }]))
    const assessed = assess({ ...look, catalog, hasCatalog, policy, history, raises }, at)
    const ended = resolvedNow(history, look)
    const over = new Set(ended.resolved.map(({ fingerprint }) => fingerprint))
    const judged = decideAll({ cluster, incidents, assessed, history, handlings, over, catalog, policy }, at)
    const ignored = raise.filter(
      ({ fingerprint, sev }) => !assessed.some((one) => one.fingerprint === fingerprint && one.raised?.to === sev),
    )
    const assessments = takeWithin(judged.slice(cursor), assessedBudget)
    const resolved = takeWithin(
      ended.resolved.map((incident) => toResolved(incident, at)),
      resolvedBudget,
    )
    return {
      assessments: assessments.kept,
      resolved: resolved.kept,
      nextCursor: assessments.omitted === 0 ? null : cursor + assessments.kept.length,
      warnings: [
        ...memory.notices,
        ...ended.warnings,
        ...(ignored.length === 0
          ? []
          : [`${ignored.length} of raise were ignored: not among the incidents, or no worse than the rules say.`]),
        ...(assessments.omitted === 0
          ? []
          : [`${assessments.omitted} assessments of milder incidents follow: ask again with nextCursor.`]),
        ...(resolved.omitted === 0
          ? []
          : [`${resolved.omitted} resolved incidents were left out of this answer. They come with the next look.`]),
      ]
        .map((warning) => warning.slice(0, 300))
        .slice(0, 6),
    }
  },
})

function toResolved(incident: RememberedIncident, now: number): z.input<typeof Resolved> {
  const { fingerprint, title, rule, root, service, sev, priority, impact, owners, since, openedAt, members, told } =
    incident
  return {
    fingerprint,
    title,
    rule,
    root,
    service,
    sev,
    priority,
    impact,
    since,
    openedAt,
    owners: [...owners],
    durationSeconds: Math.max(0, Math.floor((now - (toMillis(since ?? openedAt) ?? now)) / 1000)),
    members: { count: members.count, examples: members.examples.slice(0, 5) },
    channel: told?.channel ?? null,
    ts: told?.ts ?? null,
  }
}
