import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabelledSeries } from './benchmark-score.ts'

/** Reads the Numenta Anomaly Benchmark: `data/**.csv` (timestamp, value) with the stretches of `labels/combined_windows.json`. */
export function readBenchmark(folder: string): LabelledSeries[] {
  const path = join(folder, 'labels/combined_windows.json')
  const labels = JSON.parse(readFileSync(path, 'utf8')) as Record<string, [string, string][]>
  return Object.entries(labels).map(([name, stretches]) => {
    const [, ...lines] = readFileSync(join(folder, 'data', name), 'utf8')
      .trim()
      .split('\n')
    const points = lines.map((line) => {
      const [time = '', value] = line.split(',')
      return { at: instantOf(time), value: Number(value) }
    })
    const windows = stretches.map(
      ([from, to]) =>
        [
          points.findIndex(({ at }) => at >= instantOf(from)),
          points.findLastIndex(({ at }) => at <= instantOf(to)),
        ] as const,
    )
    return { name, points, windows }
  })
}

/** The benchmark writes instants without a zone: `2014-02-14 14:30:00`. */
function instantOf(text: string): number {
  return Date.parse(`${text.trim().replace(' ', 'T').slice(0, 19)}Z`)
}
