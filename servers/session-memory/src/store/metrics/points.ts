import { day } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'

/** A row of metric_point: a reading (step 0), or a bucket of several. */
export interface PointRow {
  series: number
  at: number
  value: number
  step: number
  /** Readings in a bucket. */
  points: number | null
  /** Extremes of a bucket; null where its value tells them. */
  least: number | null
  most: number | null
  /** What a counter grew by in a bucket, resets counted. */
  growth: number | null
}

/** The day of an instant, by which points lie: days since the epoch. */
export function dayOf(at: number): number {
  return Math.floor(at / day)
}

/**
 * Adds points; what a series has at an instant stays as it is.
 * @returns how many were added
 */
export function insertPoints(sql: Sql, rows: readonly PointRow[]): number {
  let added = 0
  for (const { series, at, value, step, points, least, most, growth } of rows)
    added += sql.run(
      `INSERT INTO metric_point (day, series, at, value, step, points, least, most, growth)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      dayOf(at),
      series,
      at,
      value,
      step,
      points,
      least,
      most,
      growth,
    ).changes
  return added
}
