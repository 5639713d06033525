import type { Sql } from '@kubevigil/store/open'
import type { Row } from './schema.ts'

export type Counts = Record<Row['state'], number>

/** Where a page begins: after the row `id` of what waits, or of what is settled. */
export interface Place {
  waits: boolean
  id: number
}

/** One page of the outbox: what waits before what is settled, each the newest first. */
export function pageOfRows(
  sql: Sql,
  { fingerprint, limit, after }: { fingerprint: string | undefined; limit: number; after: Place | undefined },
): Row[] {
  return sql.all<Row>(
    `SELECT * FROM outbox WHERE (@fingerprint IS NULL OR incident = @fingerprint)
       AND (@waits IS NULL OR (state = 'waiting') < @waits OR ((state = 'waiting') = @waits AND id < @id))
     ORDER BY (state = 'waiting') DESC, id DESC LIMIT @limit`,
    {
      fingerprint: fingerprint ?? null,
      waits: after === undefined ? null : Number(after.waits),
      id: after?.id ?? null,
      limit,
    },
  )
}

/** How many rows there are in each state, of one incident or of all; what was settled a month ago is forgotten. */
export function countRows(sql: Sql, fingerprint: string | undefined): Counts {
  const rows = sql.all<{ state: Row['state']; count: number }>(
    'SELECT state, count(*) AS count FROM outbox WHERE ? IS NULL OR incident = ? GROUP BY state',
    fingerprint ?? null,
    fingerprint ?? null,
  )
  const counts: Counts = { waiting: 0, sent: 0, dropped: 0 }
  for (const { state, count } of rows) counts[state] = count
  return counts
}
