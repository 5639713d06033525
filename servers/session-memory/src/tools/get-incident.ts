import { Assessment } from '@kubevigil/core/assessment'
import { clip, takeWithin } from '@kubevigil/core/budget'
import { AffectedWorkload, ObjectRef } from '@kubevigil/core/incident'
import { Priority, Sev } from '@kubevigil/core/policy'
import { z } from 'zod'
import { defineTool, incidentKey, parameters } from '../context.ts'
import { findIncident } from '../recall/find-incident.ts'
import { episodesOf, timelineOf } from '../recall/timeline.ts'

/** Most entries of a kind that are read, and characters of the answer's parts, so that the whole stays under 16,000. */
const mostEntries = 300
const timelineBudget = 7_000
const episodesBudget = 1_200
const factsBudget = 1_500

export const getIncident = defineTool({
  name: 'get_incident',
  title: 'Get incident',
  description:
    'One remembered incident whole: states and SEVs over time, decisions with reasons, messages, what people said, suspected change.',
  effect: 'read',
  input: z.strictObject({
    ...incidentKey,
    cluster: parameters.cluster.optional().describe('Needed when several clusters have the fingerprint'),
  }),
  output: z.strictObject({
    id: z.int(),
    fingerprint: z.string(),
    cluster: z.string(),
    state: z.enum(['open', 'resolved']),
    sev: Sev,
    priority: Priority,
    service: z.string().nullable(),
    rule: z.string(),
    title: z.string(),
    root: ObjectRef,
    impact: z.string(),
    owners: z.array(z.string()),
    known: z.string().nullable(),
    raised: Assessment.shape.raised.describe('A caller found this episode worse than the rules do'),
    flapping: z.boolean().describe('It comes and goes; over only when it has calmed down'),
    since: z.string().nullable(),
    openedAt: z.string(),
    lastSeen: z.string(),
    resolvedAt: z.string().nullable(),
    seen: z.int().describe('Cycles that saw it'),
    affected: z.array(AffectedWorkload),
    evidence: z.array(z.string()),
    causes: z.array(z.string()),
    nextSteps: z.array(z.string()),
    reasons: z.array(z.string()).describe('Why this SEV'),
    correlation: z
      .strictObject({
        repository: z.string(),
        sha: z.string(),
        url: z.string(),
        score: z.number(),
        confidence: z.string(),
      })
      .nullable(),
    told: z
      .strictObject({ at: z.string(), channel: z.string().nullable(), ts: z.string().nullable(), sev: Sev })
      .nullable()
      .describe('The message that stands'),
    acknowledgement: z.strictObject({ by: z.string(), at: z.string(), sev: Sev }).nullable(),
    silence: z.strictObject({ by: z.string(), at: z.string(), until: z.string(), sev: Sev }).nullable(),
    episodeCount: z.int(),
    episodes: z
      .array(z.strictObject({ openedAt: z.string(), resolvedAt: z.string().nullable(), sev: Sev.describe('Gravest') }))
      .describe('The newest, oldest first'),
    timeline: z
      .array(
        z.strictObject({
          at: z.string(),
          cycle: z.int(),
          kind: z.enum(['state', 'decision', 'message', 'person']),
          text: z.string(),
        }),
      )
      .describe('Oldest first'),
    omitted: z.strictObject({ entries: z.int(), earlier: z.boolean().describe('More happened before what was read') }),
  }),
  async run(key, { memory }) {
    const incident = await findIncident(memory, key)
    const { facts, history } = await memory.whole(incident.id, mostEntries)
    const entries = takeWithin(timelineOf(history).reverse(), timelineBudget)
    const { id, fingerprint, cluster, sev, priority, service, rule, root, impact, known, raised, flapping } = incident
    const { since, openedAt, lastSeen, seen, told, change, handling, episodes, resolvedAt, owners } = incident
    return {
      id,
      fingerprint,
      cluster,
      sev,
      priority,
      service,
      rule,
      root,
      impact,
      known,
      raised,
      flapping,
      since,
      openedAt,
      lastSeen,
      seen,
      resolvedAt,
      state: resolvedAt === null ? ('open' as const) : ('resolved' as const),
      title: clip(incident.title, 300),
      owners: takeWithin(owners, 400).kept,
      affected: takeWithin(facts.affected, factsBudget).kept,
      evidence: brief(facts.evidence),
      causes: brief(facts.causes),
      nextSteps: brief(facts.nextSteps),
      reasons: brief(facts.reasons),
      correlation: change,
      told: told === null ? null : { at: told.at, channel: told.channel, ts: told.ts, sev: told.sev },
      acknowledgement: handling.acknowledgement,
      silence: handling.silence,
      episodeCount: episodes,
      episodes: takeWithin(episodesOf(history).reverse(), episodesBudget).kept.reverse(),
      timeline: entries.kept.reverse(),
      omitted: { entries: entries.omitted, earlier: history.cut },
    }
  },
})

function brief(texts: readonly string[]): string[] {
  return takeWithin(
    texts.map((text) => clip(text, 400)),
    factsBudget * 0.8,
  ).kept
}
