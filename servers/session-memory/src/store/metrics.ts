import type { MetricPoint, MetricType } from '@kubevigil/core/anomaly'
import { increase } from '@kubevigil/core/anomaly/counter'
import type { Sql } from '@kubevigil/store/open'
import { foldSome } from './metrics/fold.ts'
import { dayOf, insertPoints, type PointRow } from './metrics/points.ts'

/** What names a series within its cluster. Texts must be redacted. */
export interface SeriesKey {
  cluster: string
  metric: string
  /** Such as namespace, kind, name, container. */
  labels: Readonly<Record<string, string>>
}

export interface NewSeries extends SeriesKey {
  type: MetricType
  /** Such as bytes or cores; empty when it is not known. */
  unit: string
  /** What it may reach at most, in the same unit: the size of a volume, a memory limit; null leaves it as it was. */
  limit: number | null
  points: readonly MetricPoint[]
}

export interface StoredSeries extends SeriesKey {
  id: number
  type: MetricType
  unit: string
  limit: number | null
  firstAt: number
  lastAt: number
}

export interface RecordedMetrics {
  series: number
  /** Points that were added. */
  recorded: number
  /** Points that their series had before. */
  known: number
  /** Points older than what their series keeps one by one. */
  tooOld: number
}

/** Which series are meant; what is absent matches all. */
export interface SeriesFilter {
  cluster?: string | undefined
  metric?: string | undefined
  namespace?: string | undefined
  name?: string | undefined
}

interface SeriesRow {
  id: number
  cluster: string
  metric: string
  labels: string
  type: MetricType
  unit: string
  ceiling: number | null
  first_at: number
  last_at: number
}

/** Adds points once for each series and instant, and folds a little of what is old. A series keeps the type it began with. */
export function recordMetrics(sql: Sql, series: readonly NewSeries[]): RecordedMetrics {
  const rows: PointRow[] = []
  let tooOld = 0
  for (const one of series) {
    if (one.points.length === 0) continue
    const { id, folded_to: foldedTo } = upsert(sql, one)
    for (const { at, value } of one.points) {
      if (at < (foldedTo ?? -Infinity)) tooOld += 1
      else rows.push({ series: id, at, value, step: 0, points: null, least: null, most: null, growth: null })
    }
  }
  const recorded = insertPoints(sql, rows)
  foldSome(sql, series.length)
  return { series: series.length, recorded, known: rows.length - recorded, tooOld }
}

function upsert(sql: Sql, { cluster, metric, labels, type, unit, limit, points }: NewSeries) {
  const times = points.map(({ at }) => at)
  return sql.get<{ id: number; folded_to: number | null }>(
    `INSERT INTO metric_series (cluster, metric, labels, type, unit, ceiling, first_at, last_at)
     VALUES (@cluster, @metric, @labels, @type, @unit, @limit, @first, @last)
     ON CONFLICT (cluster, metric, labels) DO UPDATE SET ceiling = coalesce(excluded.ceiling, ceiling),
       first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
     RETURNING id, folded_to`,
    {
      cluster,
      metric,
      labels: JSON.stringify(labels, Object.keys(labels).sort()),
      type,
      unit,
      limit,
      first: times.reduce((least, at) => Math.min(least, at)),
      last: times.reduce((most, at) => Math.max(most, at)),
    },
  )!
}

/** Series by their names, at most `limit` of them. */
export function findSeries(sql: Sql, filter: SeriesFilter, limit: number): StoredSeries[] {
  const rows = sql.all<SeriesRow>(
    `SELECT id, cluster, metric, labels, type, unit, ceiling, first_at, last_at FROM metric_series
     WHERE (@cluster IS NULL OR cluster = @cluster) AND (@metric IS NULL OR metric = @metric)
       AND (@namespace IS NULL OR labels ->> 'namespace' = @namespace)
       AND (@name IS NULL OR @name IN (labels ->> 'name', labels ->> 'pod'))
     ORDER BY id LIMIT @limit`,
    {
      cluster: filter.cluster ?? null,
      metric: filter.metric ?? null,
      namespace: filter.namespace ?? null,
      name: filter.name ?? null,
      limit,
    },
  )
  return rows.map(({ ceiling, first_at, last_at, labels, ...row }) => ({
    ...row,
    labels: JSON.parse(labels) as Record<string, string>,
    limit: ceiling,
    firstAt: first_at,
    lastAt: last_at,
  }))
}

/** A point as it was read, and as it counts. */
export interface StoredPoint extends MetricPoint {
  /** What was recorded; of a counter, `value` is the same without its resets. */
  reading: number
}

/** The points of a series from an instant on, oldest first; a bucket counts as one point at its begin. */
export function pointsOf(sql: Sql, { id, type, firstAt, lastAt }: StoredSeries, from: number): StoredPoint[] {
  const rows = sql.all<Pick<PointRow, 'at' | 'value' | 'growth'>>(
    `WITH RECURSIVE days (day) AS (SELECT @first UNION ALL SELECT day + 1 FROM days WHERE day < @last)
     SELECT at, value, growth FROM days CROSS JOIN metric_point USING (day)
     WHERE series = @id AND at >= @from ORDER BY at`,
    { id, from, first: dayOf(Math.max(from, firstAt)), last: dayOf(lastAt) },
  )
  let total = 0
  return rows.map(({ at, value, growth }, index) => {
    const before = rows[index - 1]
    if (before !== undefined) total += growth ?? increase(before.value, value)
    return { at, value: type === 'counter' ? total : value, reading: value }
  })
}
