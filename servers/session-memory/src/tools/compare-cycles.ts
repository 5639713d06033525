import { clip, takeWithin } from '@kubevigil/core/budget'
import { refKey } from '@kubevigil/core/incident'
import { Sev } from '@kubevigil/core/policy'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { changeOf, changes, gapsOf } from '../recall/compare.ts'
import type { ComparedCycle, Stand } from '../store/stands.ts'

const rowBudget = 14_000

const Cycle = z.strictObject({
  id: z.int(),
  startedAt: z.string(),
  partial: z.boolean(),
  gaps: z.array(z.string()).describe('Sources not read whole'),
})
const Row = z.strictObject({
  change: z.enum(changes),
  fingerprint: z.string(),
  who: z.string().describe('Service, or Kind/namespace/name'),
  title: z.string(),
  sev: Sev,
  sevBefore: Sev.nullable(),
  affected: z.int(),
  affectedBefore: z.int().nullable(),
})
const Counts = z.strictObject(
  Object.fromEntries(changes.map((change) => [change, z.int()])) as Record<(typeof changes)[number], z.ZodInt>,
)

export const compareCycles = defineTool({
  name: 'compare_cycles',
  title: 'Compare cycles',
  description:
    'What changed between two recorded cycles of a cluster: new, reopened, worse, gone, better, same. ' +
    'notLookedAt: absent, but not proved over.',
  effect: 'read',
  input: z.strictObject({
    cluster: parameters.cluster.optional().describe('Default: that of the newest cycle'),
    from: z.int().min(1).optional().describe('Earlier cycle id; default: the one before `to`'),
    to: z.int().min(1).optional().describe('Later cycle id; default: the newest'),
  }),
  output: z.strictObject({
    cluster: z.string(),
    from: Cycle,
    to: Cycle,
    counts: Counts,
    rows: z.array(Row),
    omitted: z.int().describe('Rows left out; the counts hold them'),
  }),
  async run(asked, { memory }) {
    const { from, to, stands } = await memory.compare(asked)
    if (from === undefined || to === undefined) throw absent(asked, to)
    if (from.cluster !== to.cluster || (asked.cluster ?? to.cluster) !== to.cluster)
      throw new UserError(
        'cycles-differ',
        `Cycle ${from.id} looked at ${from.cluster} and cycle ${to.id} at ${to.cluster}.`,
        'Compare two cycles of one cluster.',
      )
    if (from.id >= to.id)
      throw new UserError('cycles-order', `Cycle ${from.id} is not before cycle ${to.id}.`, 'Give the earlier as from.')
    const rows = stands
      .map(toRow)
      .sort((a, b) => changes.indexOf(a.change) - changes.indexOf(b.change) || a.sev.localeCompare(b.sev))
    const { kept, omitted } = takeWithin(rows, rowBudget)
    const counts = Object.fromEntries(
      changes.map((change) => [change, rows.filter((row) => row.change === change).length]),
    ) as z.output<typeof Counts>
    return { cluster: to.cluster, from: toCycle(from), to: toCycle(to), counts, rows: kept, omitted }
  },
})

function toRow(stand: Stand): z.input<typeof Row> {
  const { fingerprint, title, service, root, before, after, over } = stand
  return {
    change: changeOf(stand),
    fingerprint,
    who: clip(service ?? refKey(root), 200),
    title: clip(title, 160),
    sev: after.sev,
    sevBefore: before?.sev ?? null,
    affected: over ? 0 : after.members,
    affectedBefore: before?.members ?? null,
  }
}

function toCycle({ id, startedAt, coverage }: ComparedCycle): z.input<typeof Cycle> {
  const gaps = gapsOf(coverage)
  return {
    id,
    startedAt,
    partial: gaps.length > 0,
    gaps: takeWithin(
      gaps.map((gap) => clip(gap, 80)),
      500,
    ).kept,
  }
}

function absent(
  asked: { from?: number | undefined; to?: number | undefined },
  to: ComparedCycle | undefined,
): UserError {
  const missing = to === undefined ? asked.to : asked.from
  return missing === undefined
    ? new UserError('cycles-few', 'There are no two recorded cycles to compare.', 'record_cycle ends each cycle.')
    : new UserError('cycle-unknown', `No cycle ${missing} is recorded.`, 'get_context shows the newest with their ids.')
}
