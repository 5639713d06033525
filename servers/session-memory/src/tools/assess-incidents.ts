import { assess } from '@kubevigil/core/assess'
import { Assessment } from '@kubevigil/core/assessment'
import { takeWithin } from '@kubevigil/core/budget'
import { decide } from '@kubevigil/core/decide'
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
    'Judges the incidents of one check_cluster_health answer by the service catalog and what is remembered: SEV, state, downtime, known behaviour, ' +
    'whether somebody is told now and where, and which remembered incidents are over. Changes nothing; record_cycle keeps the outcome.',
  effect: 'read',
  input: z.strictObject({
    ...parameters,
    coverage: z.array(handedOn(Coverage, 'An entry')).max(80).describe('Its coverage'),
    incidents: z.array(handedOn(Incident, 'An incident')).max(100).describe('Its incidents'),
    namespace: z.string().max(128).optional().describe('The namespace it was narrowed to'),
    omitted: z.int().min(0).default(0).describe('Its omitted.incidents: while above 0, nothing counts as over'),
  }),
  output: z.strictObject({
    assessments: z.array(Assessment).describe('Gravest first'),
    resolved: z.array(Resolved).describe('Remembered incidents that are over'),
    warnings: z.array(z.string()),
  }),
  async run({ cluster, coverage, incidents, namespace, omitted }, { memory, catalog, hasCatalog, policy, now }) {
    const at = now()
    const history = { incidents: await memory.history(cluster, at) }
    const said = await memory.handlings(cluster)
    const roots = new Map(incidents.map((incident) => [incident.fingerprint, incident.root]))
    const judged = assess({ cluster, incidents, coverage, catalog, hasCatalog, policy, history }, at)
      .sort((a, b) => a.sev.localeCompare(b.sev))
      .map((one) => {
        const { fingerprint } = one
        return { ...one, decision: decide(one, roots.get(fingerprint)!, history, policy, at, said.get(fingerprint)) }
      })
    const over = resolvedNow(history, { incidents, coverage, namespace, omitted })
    const assessments = takeWithin(judged, assessedBudget)
    const resolved = takeWithin(
      over.resolved.map((incident) => toResolved(incident, at)),
      resolvedBudget,
    )
    return {
      assessments: assessments.kept,
      resolved: resolved.kept,
      warnings: [
        ...memory.notices,
        ...over.warnings,
        ...leftOut(assessments.omitted, 'assessments of the mildest incidents', 'Ask for fewer incidents at once'),
        ...leftOut(resolved.omitted, 'resolved incidents', 'They come with the next look'),
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

function leftOut(count: number, what: string, then: string): string[] {
  return count === 0 ? [] : [`${count} ${what} were left out of this answer. ${then}.`]
}
