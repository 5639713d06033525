import { takeWithin } from '@kubevigil/core/budget'
import { ObjectRef } from '@kubevigil/core/incident'
import { Priority, Sev } from '@kubevigil/core/policy'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import type { StoredIncident } from '../store/incidents.ts'

const rowBudget = 16_000

const Row = z.strictObject({
  fingerprint: z.string(),
  cluster: z.string(),
  state: z.enum(['open', 'resolved']),
  sev: Sev,
  priority: Priority,
  service: z.string().nullable(),
  rule: z.string(),
  title: z.string(),
  root: ObjectRef,
  since: z.string().nullable(),
  lastSeen: z.string(),
  resolvedAt: z.string().nullable(),
  seen: z.int().describe('Cycles that saw it'),
  episodes: z.int().describe('How often it began'),
  toldAt: z.string().nullable(),
})

export const listIncidents = defineTool({
  name: 'list_incidents',
  title: 'List incidents',
  description:
    'Remembered incidents in short rows, open and gravest first. check_cluster_health knows those of this moment.',
  effect: 'read',
  input: z.strictObject({
    state: z.enum(['open', 'resolved']).optional().describe('Both when absent'),
    cluster: parameters.cluster.optional().describe('Only this cluster'),
    service: z.string().max(200).optional().describe('Only this service of the catalog'),
    limit: z.int().min(1).max(100).default(20).describe('Most rows'),
    cursor: z
      .string()
      .regex(/^[01]~SEV-[1-4]~\d{1,15}$/, 'take nextCursor of the page before')
      .optional()
      .describe('nextCursor of the page before'),
  }),
  output: z.strictObject({
    incidents: z.array(Row),
    nextCursor: z.string().nullable().describe('For the next page; null on the last'),
  }),
  async run({ cursor, limit, ...filter }, { memory }) {
    const found = await memory.list({ ...filter, limit: limit + 1, after: readCursor(cursor) })
    const { kept } = takeWithin(found.slice(0, limit).map(toRow), rowBudget)
    const last = found[kept.length - 1]
    return {
      incidents: kept,
      nextCursor: last !== undefined && found.length > kept.length ? writeCursor(last) : null,
    }
  },
})

function toRow(incident: StoredIncident): z.input<typeof Row> {
  const { fingerprint, cluster, sev, priority, service, rule, title, root, since, lastSeen, resolvedAt } = incident
  return {
    fingerprint,
    cluster,
    sev,
    priority,
    service,
    rule,
    title,
    root,
    since,
    lastSeen,
    resolvedAt,
    state: resolvedAt === null ? 'open' : 'resolved',
    seen: incident.seen,
    episodes: incident.episodes,
    toldAt: incident.told?.at ?? null,
  }
}

function writeCursor({ resolvedAt, sev, id }: StoredIncident): string {
  return `${resolvedAt === null ? 0 : 1}~${sev}~${id}`
}

function readCursor(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [resolved, sev, id] = cursor.split('~') as [string, string, string]
  return { resolved: resolved === '1' ? 1 : 0, sev, id: Number(id) } as const
}
