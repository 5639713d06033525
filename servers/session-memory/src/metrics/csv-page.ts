import { writeCsv } from '../csv/write.ts'
import type { Memory } from '../store/memory.ts'
import type { StoredSeries } from '../store/metrics.ts'

const pageBudget = 15_000

/** Lines of the series' table from line `skip` on, with the head line, as many as fit. */
export async function csvPage(memory: Memory, series: readonly StoredSeries[], from: number, skip: number) {
  const found = await Promise.all(series.map(async (one) => ({ series: one, points: await memory.points(one, from) })))
  const [head = '', ...lines] = writeCsv(found)
  let page = head
  let shown = 0
  for (const line of lines.slice(skip)) {
    // Line ends and quotes take two characters each in JSON.
    if (JSON.stringify(page + line).length > pageBudget && shown > 0) break
    page += line
    shown += 1
  }
  const omitted = Math.max(0, lines.length - skip - shown)
  return { csv: page, omitted, nextCursor: omitted > 0 ? String(skip + shown) : null }
}
