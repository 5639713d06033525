import { changedRegions, type Region } from './lines.ts'

/**
 * Merges two changed versions of a text by lines. Changes of both sides that touch the same or neighbouring lines conflict,
 * as in Git, unless both come to the same.
 * @returns the merged text, or the numbers of the lines in `ours` where they conflict, counted from 1
 */
export function mergeTexts(base: string, ours: string, theirs: string): { text: string } | { conflicts: number[] } {
  const lines = base.split('\n')
  const sides = [ours, theirs].map((text) => changedRegions(lines, text.split('\n')))
  const merged: string[] = []
  const conflicts: number[] = []
  let at = 0
  for (const group of groups(sides[0]!, sides[1]!)) {
    merged.push(...lines.slice(at, group.from))
    const [mine, other] = [group.ours, group.theirs].map((regions) => apply(lines, group, regions))
    if (group.ours.length > 0 && group.theirs.length > 0 && mine!.join('\n') !== other!.join('\n')) {
      conflicts.push(merged.length + 1)
    }
    merged.push(...(group.ours.length > 0 ? mine! : other!))
    at = group.to
  }
  merged.push(...lines.slice(at))
  return conflicts.length > 0 ? { conflicts } : { text: merged.join('\n') }
}

interface Group {
  from: number
  to: number
  ours: Region[]
  theirs: Region[]
}

/** Puts regions that touch each other together, in order. */
function groups(ours: readonly Region[], theirs: readonly Region[]): Group[] {
  const all = [
    ...ours.map((region) => ({ region, side: 'ours' as const })),
    ...theirs.map((region) => ({ region, side: 'theirs' as const })),
  ].sort((a, b) => a.region.from - b.region.from || a.region.to - b.region.to)
  const found: Group[] = []
  for (const { region, side } of all) {
    let group = found.at(-1)
    if (group === undefined || region.from > group.to) {
      group = { from: region.from, to: region.to, ours: [], theirs: [] }
      found.push(group)
    }
    group.to = Math.max(group.to, region.to)
    group[side].push(region)
  }
  return found
}

/** The lines of a group's stretch as one side has them. */
function apply(lines: readonly string[], { from, to }: Group, regions: readonly Region[]): string[] {
  const result: string[] = []
  let at = from
  for (const region of regions) {
    result.push(...lines.slice(at, region.from), ...region.lines)
    at = region.to
  }
  return [...result, ...lines.slice(at, to)]
}
