import { increase } from '@kubevigil/core/anomaly/counter'
import { day, hour, minute } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import { dayOf, insertPoints, type PointRow } from './points.ts'

/** Points are kept as they came for this long, by their age below the newest of their series. */
const rawFor = 7 * day
/** Then as buckets that grow with age; what is oldest is forgotten. */
const levels = [
  { step: 5 * minute, after: rawFor },
  { step: hour, after: 90 * day },
  { step: day, after: 180 * day },
] as const
const keptFor = 730 * day
/** Days that one write folds, so that its work stays small: hourly looks at a series fold a day of it in time twice over. */
const leastDays = 16
const seriesPerDay = 12

/**
 * Folds old points into coarser ones, a day of a few series at a time, in the same write that records new ones. As one day leaves
 * the raw points, the days that are due leave each coarser level, so that one mark a series says how far all of them are.
 * @param recorded series that the write recorded
 */
export function foldSome(sql: Sql, recorded: number): void {
  const due = sql.all<{ id: number; type: string; firstAt: number; foldedTo: number | null }>(
    `SELECT id, type, first_at AS firstAt, folded_to AS foldedTo FROM metric_series
     WHERE coalesce(folded_to, first_at) + @day <= last_at - @rawFor ORDER BY folded_to LIMIT @limit`,
    { day, rawFor, limit: Math.max(leastDays, Math.ceil(recorded / seriesPerDay)) },
  )
  for (const { id, type, firstAt, foldedTo } of due) {
    const mark = foldedTo ?? dayOf(firstAt) * day
    const series = { id, isCounter: type === 'counter', firstDay: dayOf(firstAt) }
    for (const { step, after } of levels) foldDay(sql, series, dayOf(mark + rawFor - after), step)
    sql.run('DELETE FROM metric_point WHERE day = ? AND series = ?', dayOf(mark + rawFor - keptFor) - 1, id)
    sql.run('UPDATE metric_series SET folded_to = ? WHERE id = ?', mark + day, id)
  }
}

interface Foldable {
  id: number
  isCounter: boolean
  firstDay: number
}

function foldDay(sql: Sql, series: Foldable, onDay: number, step: number): void {
  const own = [onDay, series.id] as const
  const rows = sql.all<PointRow>('SELECT * FROM metric_point WHERE day = ? AND series = ? ORDER BY at', ...own)
  const buckets = [...Map.groupBy(rows, ({ at }) => Math.floor(at / step) * step)]
  // Where each bucket has one row, there is nothing to gain.
  if (buckets.length === rows.length) return
  if (series.isCounter) {
    const before = lastBefore(sql, series, onDay)
    for (const [index, row] of rows.entries()) {
      const last = rows[index - 1] ?? before
      row.growth ??= last === undefined ? 0 : increase(last.value, row.value)
    }
  }
  sql.run('DELETE FROM metric_point WHERE day = ? AND series = ?', ...own)
  insertPoints(
    sql,
    buckets.map(([at, members]) => bucketOf(members, at, step, series.isCounter)),
  )
}

/** The last point of a series before a day, looked for day by day. */
function lastBefore(sql: Sql, { id, firstDay }: Foldable, onDay: number): { value: number } | undefined {
  return sql.get<{ value: number }>(
    `WITH RECURSIVE past (day) AS (
       SELECT @onDay - 1 UNION ALL SELECT day - 1 FROM past WHERE day > @firstDay
     ), newest (value) AS (
       SELECT (SELECT value FROM metric_point WHERE day = past.day AND series = @id ORDER BY at DESC LIMIT 1) FROM past
     )
     SELECT value FROM newest WHERE value IS NOT NULL LIMIT 1`,
    { id, firstDay, onDay },
  )
}

/** One row for several: extremes of all, the mean of a gauge, the last reading and the whole growth of a counter. */
function bucketOf(rows: readonly PointRow[], at: number, step: number, isCounter: boolean): PointRow {
  const sum = (pick: (row: PointRow) => number): number => rows.reduce((total, row) => total + pick(row), 0)
  const points = sum((row) => row.points ?? 1)
  return {
    series: rows[0]!.series,
    at,
    step,
    points,
    value: isCounter ? rows.at(-1)!.value : sum((row) => row.value * (row.points ?? 1)) / points,
    least: points === 1 ? null : Math.min(...rows.map((row) => row.least ?? row.value)),
    most: points === 1 ? null : Math.max(...rows.map((row) => row.most ?? row.value)),
    growth: isCounter ? sum((row) => row.growth ?? 0) : null,
  }
}
