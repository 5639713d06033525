import { changedRegions, type Region } from './lines.ts'

/** Lines shown around a change. */
const context = 3

/** The unified diff of two texts without file headers, as GitHub gives patches; null stands for no file. Empty when nothing changes. */
export function unifiedDiff(before: string | null, after: string | null): string {
  const [one, other] = [linesOf(before), linesOf(after)]
  const hunks: Region[][] = []
  for (const region of changedRegions(one, other)) {
    const last = hunks.at(-1)?.at(-1)
    if (last !== undefined && region.from - last.to <= 2 * context) hunks.at(-1)!.push(region)
    else hunks.push([region])
  }
  let shift = 0
  return hunks
    .map((regions) => {
      const from = Math.max(0, regions[0]!.from - context)
      const to = Math.min(one.length, regions.at(-1)!.to + context)
      const lines: string[] = []
      let at = from
      for (const region of regions) {
        lines.push(...one.slice(at, region.from).map((line) => ` ${line}`))
        lines.push(...one.slice(region.from, region.to).map((line) => `-${line}`))
        lines.push(...region.lines.map((line) => `+${line}`))
        at = region.to
      }
      lines.push(...one.slice(at, to).map((line) => ` ${line}`))
      const grown = regions.reduce((sum, region) => sum + region.lines.length - (region.to - region.from), 0)
      const header = `@@ -${span(from, to - from)} +${span(from + shift, to - from + grown)} @@`
      shift += grown
      return [header, ...lines].join('\n')
    })
    .join('\n')
}

function span(from: number, length: number): string {
  return `${length === 0 ? from : from + 1},${length}`
}

/** A last line break ends a line; it does not begin another. */
function linesOf(text: string | null): string[] {
  if (text === null || text === '') return []
  return text.replace(/\n$/, '').split('\n')
}
