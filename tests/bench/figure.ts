/** One line of the table: what was measured, and how it stands to its target. */
export interface Figure {
  figure: string
  /** In words, with its unit. */
  measured: string
  /** In words; empty when the figure is only there to be compared. */
  target: string
  verdict: 'ok' | 'missed' | 'not measured' | ''
}

/** A number that must not pass a bound. `undefined` is what could not be measured here, and is said to be so. */
export function atMost(figure: string, value: number | undefined, bound: number, unit: string): Figure {
  const target = `<= ${number(bound)} ${unit}`
  if (value === undefined) return { figure, measured: 'not measured', target, verdict: 'not measured' }
  return { figure, measured: `${number(value)} ${unit}`, target, verdict: value <= bound ? 'ok' : 'missed' }
}

/** A number without a target of its own. */
export function plain(figure: string, value: number | undefined, unit: string): Figure {
  const measured = value === undefined ? 'not measured' : `${number(value)} ${unit}`
  return { figure, measured, target: '', verdict: '' }
}

/** Something that is so or not. */
export function holds(figure: string, measured: string, target: string, so: boolean): Figure {
  return { figure, measured, target, verdict: so ? 'ok' : 'missed' }
}

/** The middle of several measurements; undefined when one of them could not be taken. */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  return known.length < values.length ? undefined : known[Math.floor(known.length / 2)]
}

/** The figures as a table for a terminal. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'measured', 'target', ''],
    ...figures.map((one) => [one.figure, one.measured, one.target, one.verdict]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Math.round(value * 100) / 100)
}
