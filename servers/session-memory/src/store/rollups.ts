import { toInstant } from '@kubevigil/core/time'
import type { Sql, Store } from '@kubevigil/store/open'
import { unpin } from './sessions.ts'

/** What one step of folding did, or would do. */
export interface Folded {
  /** Sightings folded into one row a day and incident. */
  sightings: number
  /** Cycles folded into one row a day and cluster. */
  cycles: number
  /** Messages dropped from sessions that have rested since. */
  messages: number
  /** Something is left for another step. */
  more: boolean
}

/** Most cycles and messages of one step, so that no other process waits long for its turn to write. */
const aStep = 2_000

/**
 * Sightings that only say that a SEV-3 or SEV-4 went on. How an incident began, changed, was told and ended is not among them, nor
 * its last sighting, nor what waits to be sent.
 */
const foldable = `observation JOIN cycle ON cycle.id = observation.cycle
  WHERE state = 'ongoing' AND sev >= 'SEV-3'
    AND (delivery IS NULL OR delivery NOT IN ('sent', 'updated', 'queued'))
    AND observation.cycle < (SELECT max(cycle) FROM observation AS later WHERE later.incident = observation.incident)`
const bare = `NOT EXISTS (SELECT 1 FROM observation WHERE observation.cycle = cycle.id)
  AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.cycle = cycle.id)`
const among = 'IN (SELECT value FROM json_each(?))'

/**
 * Folds a bounded step of what is older than an instant into rows of a day. A cycle goes when no sighting or decision needs it, a
 * message when its session has rested since and it is no system, pinned or critical one. Incidents never go.
 */
function fold(sql: Sql, before: number): Folded {
  const instant = toInstant(before)
  const found = ids(
    sql.all(
      `SELECT id FROM cycle
       WHERE started_at < ? AND ((${bare}) OR id IN (SELECT observation.cycle FROM ${foldable}))
       ORDER BY id LIMIT ${aStep + 1}`,
      instant,
    ),
  )
  const cycles = JSON.stringify(found.slice(0, aStep))
  const sightings = foldSightings(sql, cycles)
  const messages = sql.run(
    `DELETE FROM message WHERE id IN (
       SELECT message.id FROM message JOIN session ON session.id = message.session
       WHERE session.updated_at < ? AND pinned = 0 AND role <> 'system' AND importance <> 'critical' LIMIT ${aStep})`,
    instant,
  ).changes
  return { sightings, cycles: foldCycles(sql, cycles), messages, more: found.length > aStep || messages === aStep }
}

/** Unpins messages and folds one step. A dry run does the same and takes it back, so that its counts are true. */
export function prune(store: Store, before: number, unpinned: readonly number[], dryRun: boolean): Folded {
  const rollBack = new Error('a dry run')
  let folded: Folded | undefined
  try {
    store.write((sql) => {
      unpin(sql, unpinned)
      folded = fold(sql, before)
      if (dryRun) throw rollBack
    })
  } catch (error) {
    if (error !== rollBack) throw error
  }
  return folded!
}

function foldSightings(sql: Sql, cycles: string): number {
  sql.run(
    `INSERT INTO folded_sightings (incident, day, sightings, member_min, member_max)
     SELECT incident, substr(started_at, 1, 10), count(*), min(member_count), max(member_count)
     FROM ${foldable} AND observation.cycle ${among} GROUP BY 1, 2
     ON CONFLICT (incident, day) DO UPDATE SET sightings = sightings + excluded.sightings,
       member_min = min(member_min, excluded.member_min), member_max = max(member_max, excluded.member_max)`,
    cycles,
  )
  return sql.run(
    `DELETE FROM observation WHERE (cycle, incident) IN
       (SELECT observation.cycle, incident FROM ${foldable} AND observation.cycle ${among})`,
    cycles,
  ).changes
}

function foldCycles(sql: Sql, cycles: string): number {
  const gone = ids(sql.all(`SELECT id FROM cycle WHERE id ${among} AND ${bare}`, cycles))
  const list = JSON.stringify(gone)
  sql.run(
    `INSERT INTO folded_cycles (cluster, day, cycles, resolved, open_min, open_max, input_tokens, output_tokens, cost_usd)
     SELECT cluster, substr(started_at, 1, 10), count(*), sum(resolved), min(open), max(open), sum(input_tokens),
       sum(output_tokens), sum(cost_usd)
     FROM cycle WHERE id ${among} GROUP BY 1, 2
     ON CONFLICT (cluster, day) DO UPDATE SET cycles = cycles + excluded.cycles, resolved = resolved + excluded.resolved,
       open_min = min(open_min, excluded.open_min), open_max = max(open_max, excluded.open_max),
       input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
       cost_usd = cost_usd + excluded.cost_usd`,
    list,
  )
  sql.run(`DELETE FROM cycle WHERE id ${among}`, list)
  return gone.length
}

function ids(rows: { id: number }[]): number[] {
  return rows.map((row) => row.id)
}

/** What is left of one cluster's folded cycles. */
export interface FoldedSpan {
  cluster: string
  from: string
  to: string
  cycles: number
  mostOpen: number
}

/** The folded past of each cluster. */
export function foldedSpans(sql: Sql, cluster: string | undefined): FoldedSpan[] {
  return sql.all<FoldedSpan>(
    `SELECT cluster, min(day) AS "from", max(day) AS "to", sum(cycles) AS cycles, max(open_max) AS mostOpen
     FROM folded_cycles WHERE @cluster IS NULL OR cluster = @cluster GROUP BY cluster ORDER BY cluster`,
    { cluster: cluster ?? null },
  )
}
