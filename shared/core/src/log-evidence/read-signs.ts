import { signs, type Sign } from './signs.ts'

/** A line that says why, and what it says. */
export interface SignedLine {
  sign: Sign
  text: string
}

/** Characters of a line that are looked at, so that a hostile one costs little. */
const searched = 2000
/** Lines kept of one log, one of each kind and wording. */
const mostKept = 4

/**
 * What the last lines of a log say about why its container fails, the newest first. One line speaks for all that differ from it
 * in numbers only.
 */
export function readSigns(lines: readonly string[]): SignedLine[] {
  const kept = new Map<string, SignedLine>()
  for (const text of lines.toReversed()) {
    const line = text.slice(0, searched)
    const sign = signs.find(({ pattern }) => pattern.test(line))
    if (sign === undefined) continue
    const key = `${sign.kind} ${line.replaceAll(/\d+/g, '0').slice(0, 200)}`
    if (!kept.has(key)) kept.set(key, { sign, text: line })
    if (kept.size === mostKept) break
  }
  return [...kept.values()]
}
