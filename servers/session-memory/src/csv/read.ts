import { UserError } from '@kubevigil/mcp-kit/errors'
import { parse } from 'csv-parse/sync'
import type { NewSeries } from '../store/metrics.ts'
import { columnOf, readNumber, readTime, type Column } from './columns.ts'

/** A metrics file as series. */
interface ReadCsv {
  series: NewSeries[]
  /** What was left out, each with its line. */
  problems: string[]
}

interface Cell {
  column: Column
  head: string
  text: string
}

/** Cells that collectors write for a value they did not get. */
const missing = new Set(['', 'nan', 'null', 'none', '-', 'n/a'])

/**
 * Reads metrics from CSV text with a head line: a time, labels, and any number of metrics a line. A cell or line that cannot be read is
 * left out and named; all others count.
 * @throws UserError when the text is no CSV, or no column holds times or metrics
 */
export function readCsv(cluster: string, text: string): ReadCsv {
  const [heads, ...lines] = parseLines(text)
  const columns = (heads?.record ?? []).map((head) => ({ head, column: columnOf(head) }))
  for (const role of ['time', 'metric'] as const) {
    if (columns.some(({ column }) => column.role === role)) continue
    const hint = role === 'time' ? 'Name the column of times "timestamp".' : 'Add one, such as cpu, memory or restarts.'
    throw new UserError('csv-columns', `The CSV text has no column with a ${role}.`, hint)
  }
  const series = new Map<string, NewSeries & { points: { at: number; value: number }[] }>()
  const problems: string[] = []
  for (const { record, line } of lines) {
    const cells = columns.map(({ head, column }, index): Cell => ({ head, column, text: (record[index] ?? '').trim() }))
    const time = cells.find(({ column }) => column.role === 'time')!.text
    const at = readTime(time)
    if (at === undefined) {
      problems.push(`line ${line}: "${time.slice(0, 40)}" is no time`)
      continue
    }
    const labels = labelsOf(cells)
    for (const { column, head, text: cell } of cells) {
      if (column.role !== 'metric' || missing.has(cell.toLowerCase())) continue
      const value = column.read(cell)
      if (value === undefined) {
        problems.push(`line ${line}, ${head.slice(0, 40)}: "${cell.slice(0, 40)}" is no quantity`)
        continue
      }
      const { metric, type, unit } = column
      const key = JSON.stringify([metric, labels])
      const one = series.get(key) ?? { cluster, metric, labels, type, unit, limit: null, points: [] }
      series.set(key, { ...one, limit: limitOf(cells, metric) ?? one.limit })
      one.points.push({ at, value })
    }
  }
  return { series: [...series.values()], problems }
}

function parseLines(text: string): { record: string[]; line: number }[] {
  try {
    const found = parse(text, {
      info: true,
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return found.map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new UserError(
      'csv-unreadable',
      `The CSV text cannot be read: ${said.slice(0, 200)}.`,
      'Check the quotes there.',
    )
  }
}

/** What separates cells: one of these for the whole text, or a comma within a number would separate, too. The head line has most of it. */
function delimiterOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: head.split(mark).length }))
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).mark
}

function labelsOf(cells: readonly Cell[]): Record<string, string> {
  const named = cells.flatMap(({ column, text }) =>
    column.role === 'label' && text !== '' ? [[column.label, text.slice(0, 253)] as const] : [],
  )
  return Object.fromEntries(named)
}

function limitOf(cells: readonly Cell[], metric: string): number | undefined {
  const cell = cells.find(({ column }) => column.role === 'limit' && column.metric === metric)
  return cell === undefined ? undefined : readNumber(cell.text)
}
