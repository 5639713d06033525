import { stringify } from 'csv-stringify/sync'
import type { StoredPoint, StoredSeries } from '../store/metrics.ts'
import { phaseMetric, phases } from './columns.ts'

/**
 * Series as a table: a line for each instant and object, a column for each label and metric, oldest first; a column for the cluster
 * when they are of several.
 * @returns the head line, and the lines behind it, each with its line end
 */
export function writeCsv(found: readonly { series: StoredSeries; points: readonly StoredPoint[] }[]): string[] {
  const isOne = new Set(found.map(({ series }) => series.cluster)).size <= 1
  const labelsOf = ({ cluster, labels }: StoredSeries) => (isOne ? labels : { cluster, ...labels })
  const labels = distinct(found.flatMap(({ series }) => Object.keys(labelsOf(series))))
  const metrics = distinct(found.map(({ series }) => series.metric))
  const rows = new Map<string, { at: number; cells: Record<string, string> }>()
  for (const { series, points } of found) {
    const object = JSON.stringify([series.cluster, series.labels])
    for (const { at, reading } of points) {
      const key = `${at} ${object}`
      const row = rows.get(key) ?? {
        at,
        cells: { ...inert(labelsOf(series)), timestamp: new Date(at).toISOString() },
      }
      row.cells[series.metric] = series.metric === phaseMetric ? (phases[reading] ?? String(reading)) : String(reading)
      rows.set(key, row)
    }
  }
  const columns = ['timestamp', ...labels, ...metrics]
  const sorted = [...rows.values()].sort((a, b) => a.at - b.at)
  return [columns, ...sorted.map(({ cells }) => columns.map((column) => cells[column] ?? ''))].map((cells) =>
    stringify([cells]),
  )
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}

/** Labels that a spreadsheet does not take for formulas: anybody who names an object writes into this table. */
function inert(labels: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(labels)
  return Object.fromEntries(entries.map(([label, text]) => [label, /^[=+\-@\t\r]/.test(text) ? `'${text}` : text]))
}
