import type { Sql } from '@kubevigil/store/open'
import { cycleById, newestCycles, standsOf, type ComparedCycle, type Stand } from './stands.ts'

/** Which two cycles; the last two of a cluster by default. */
export interface Asked {
  cluster?: string | undefined
  from?: number | undefined
  to?: number | undefined
}

export interface Comparison {
  from: ComparedCycle | undefined
  to: ComparedCycle | undefined
  /** Empty when the two cannot be compared. */
  stands: Stand[]
}

/** Two cycles and where the incidents stood by each. */
export function compare(sql: Sql, asked: Asked): Comparison {
  const to = cycleById(sql, asked.to ?? newestCycles(sql, asked.cluster, undefined, 1)[0] ?? 0)
  if (to === undefined) return { from: undefined, to, stands: [] }
  const from = cycleById(sql, asked.from ?? newestCycles(sql, to.cluster, to.id - 1, 1)[0] ?? 0)
  const comparable = from !== undefined && from.cluster === to.cluster && from.id < to.id
  return { from, to, stands: comparable ? standsOf(sql, to.cluster, from.id, to.id) : [] }
}
