import { createHash } from 'node:crypto'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'

const Cursor = z.strictObject({ query: z.string(), token: z.string() })

/**
 * An opaque cursor of a server's continue token, bound to its query: a token used with another query would give rows of neither.
 * @param query everything the rows depend on
 */
export function encodeCursor(token: string, query: readonly string[]): string {
  return Buffer.from(JSON.stringify({ query: digest(query), token })).toString('base64')
}

/** The continue token of a cursor. @throws UserError when it is none or belongs to another query */
export function decodeCursor(cursor: string, query: readonly string[]): string {
  const parsed = Cursor.safeParse(parse(Buffer.from(cursor, 'base64').toString('utf8')))
  if (!parsed.success) {
    throw new UserError('cursor-invalid', 'The cursor is not valid.', 'Leave it out to list from the start.')
  }
  if (parsed.data.query !== digest(query)) {
    throw new UserError(
      'cursor-of-another-query',
      'The cursor belongs to another query.',
      'Repeat kind, namespace, context and selectors of the call that gave it, or leave the cursor out.',
    )
  }
  return parsed.data.token
}

function digest(query: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64').slice(0, 12)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
