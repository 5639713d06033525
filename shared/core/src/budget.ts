import { redact } from './redact.ts'

/** Most characters a tool result may have: Claude Code cuts at 50,000 and smaller answers are read better. */
export const RESULT_BUDGET = 20_000

/** Longest text that is looked at for secrets before a cut: what lies far behind the cut is shown to nobody. */
const mostRead = 64_000

/**
 * Cuts a text to `max` characters, saying how much is gone. Secrets are taken out before: half a token matches no rule of
 * the choke point behind. A text that fits is given as it is.
 */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const clean = redact(text.slice(0, Math.max(mostRead, 2 * max)))
  if (clean.length <= max && text.length <= mostRead) return clean
  const note = ` … (${text.length - max} more characters)`
  return max <= note.length ? clean.slice(0, max) : clean.slice(0, max - note.length) + note
}

/**
 * Takes items from the front while their JSON fits into `budget` characters.
 * @returns what was kept, and how many were left out so that the answer can say so
 */
export function takeWithin<T>(items: readonly T[], budget: number): { kept: T[]; omitted: number } {
  const kept: T[] = []
  let used = 2
  for (const item of items) {
    used += JSON.stringify(item).length + 1
    if (used > budget) break
    kept.push(item)
  }
  return { kept, omitted: items.length - kept.length }
}
