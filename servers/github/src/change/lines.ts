/** A stretch of lines of one text and what stands there in the other. */
export interface Region {
  /** First line of the stretch and the line behind it, counted from 0. */
  from: number
  to: number
  lines: string[]
}

/** Most cells of the table that finds common lines: above it what differs in the middle counts as one region. */
const mostCells = 4_000_000

/**
 * What has to be replaced in one text to get the other, in order: the longest common subsequence of lines stays.
 * A text ends in an empty line when its last line ends in a line break.
 */
export function changedRegions(one: readonly string[], other: readonly string[]): Region[] {
  const regions: Region[] = []
  let [at, atOther] = [0, 0]
  for (const [index, indexOther] of [...commonLines(one, other), [one.length, other.length] as const]) {
    if (index > at || indexOther > atOther)
      regions.push({ from: at, to: index, lines: other.slice(atOther, indexOther) })
    ;[at, atOther] = [index + 1, indexOther + 1]
  }
  return regions
}

function commonLines(one: readonly string[], other: readonly string[]): [number, number][] {
  let start = 0
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1
  let end = 0
  const shorter = Math.min(one.length, other.length) - start
  while (end < shorter && one.at(-1 - end) === other.at(-1 - end)) end += 1
  const head = Array.from({ length: start }, (_, index): [number, number] => [index, index])
  const tail = Array.from({ length: end }, (_, index): [number, number] => [
    one.length - end + index,
    other.length - end + index,
  ])
  const middle = longestCommon(one.slice(start, one.length - end), other.slice(start, other.length - end))
  return [...head, ...middle.map(([a, b]): [number, number] => [a + start, b + start]), ...tail]
}

function longestCommon(one: readonly string[], other: readonly string[]): [number, number][] {
  const width = other.length + 1
  if ((one.length + 1) * width > mostCells) return []
  const lengths = new Uint32Array((one.length + 1) * width)
  for (let a = one.length - 1; a >= 0; a -= 1) {
    for (let b = other.length - 1; b >= 0; b -= 1) {
      lengths[a * width + b] =
        one[a] === other[b]
          ? lengths[(a + 1) * width + b + 1]! + 1
          : Math.max(lengths[(a + 1) * width + b]!, lengths[a * width + b + 1]!)
    }
  }
  const pairs: [number, number][] = []
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    if (one[a] === other[b]) pairs.push([a++, b++])
    else if (lengths[(a + 1) * width + b]! >= lengths[a * width + b + 1]!) a += 1
    else b += 1
  }
  return pairs
}
