import { UserError } from '@kubevigil/mcp-kit/errors'

/** Writes a cursor of the numbers that the next page starts from; opaque to the client. */
export function writeCursor(...numbers: number[]): string {
  return Buffer.from(numbers.join('/')).toString('base64url')
}

/**
 * Reads a cursor of `highest.length` numbers, each from 0 to its bound.
 * @throws UserError for a text that is no cursor of the tool
 */
export function readCursor(tool: string, cursor: string, highest: readonly number[]): number[] {
  const parts = Buffer.from(cursor, 'base64url').toString().split('/')
  const numbers = parts.filter((part) => /^\d{1,15}$/.test(part)).map(Number)
  const fits = numbers.length === parts.length && numbers.length === highest.length
  if (fits && numbers.every((number, at) => number <= highest[at]!)) return numbers
  throw new UserError(
    'bad-cursor',
    `The cursor "${cursor}" is not one of ${tool}.`,
    'Take next of the page before, or leave it out to begin.',
  )
}
