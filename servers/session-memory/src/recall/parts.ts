import { createHash } from 'node:crypto'
import { UserError } from '@kubevigil/mcp-kit/errors'

/** Most characters of a part as JSON, so that an answer with it stays within the kit's budget. */
const mostCharacters = 15_000

export interface Part {
  text: string
  /** Null after the last part. */
  nextCursor: string | null
}

/**
 * One part of a long text, cut at line ends where a line is not longer than a part. All parts together are the text.
 * @param cursor nextCursor of the part before
 * @throws UserError when the text is another than the one that the cursor is of; the last line may differ
 */
export function partOf(text: string, cursor: string | undefined): Part {
  const mark = createHash('sha256')
    .update(text.slice(0, text.lastIndexOf('\n')))
    .digest('hex')
    .slice(0, 8)
  const [offset, of] = cursor === undefined ? ['0', mark] : cursor.split('~')
  const from = Number(offset)
  if (of !== mark || from > text.length)
    throw new UserError('context-changed', 'The memory has changed since the part before.', 'Leave the cursor out.')
  const to = endOfPart(text, from)
  return { text: text.slice(from, to), nextCursor: to === text.length ? null : `${to}~${mark}` }
}

function endOfPart(text: string, from: number): number {
  let end = from
  let used = 0
  while (end < text.length) {
    const lineEnd = text.indexOf('\n', end)
    const next = lineEnd === -1 ? text.length : lineEnd + 1
    used += JSON.stringify(text.slice(end, next)).length
    if (used > mostCharacters) break
    end = next
  }
  // JSON writes no character of a kept text in more than two; a pair of surrogates stays together.
  return end > from ? end : from + text.slice(from, from + mostCharacters / 2).replace(/[\uD800-\uDBFF]$/, '').length
}
