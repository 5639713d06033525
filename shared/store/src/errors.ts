/** A sentence about the database for the person who runs the server; `hint` says what to do next. */
export class StoreError extends Error {
  readonly code: string
  readonly hint: string

  /** @param code stable, lower case with dashes, such as `store-busy` */
  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
    this.hint = hint
  }
}

/** SQLite's result code of an error, such as `SQLITE_BUSY`; empty for any other error. */
export function sqliteCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : ''
}

/**
 * Whether an error says that the file itself is damaged. Only CORRUPT and NOTADB do: a busy, full, unreadable or read-only
 * file is healthy, and setting it aside would lose it (codebase-memory-mcp#1206 did so on BUSY).
 */
export function saysDamaged(error: unknown): boolean {
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCode(error))
}

/** Puts an SQLite error into a sentence; any other error comes back as it is. */
export function explain(error: unknown, path: string): unknown {
  const code = sqliteCode(error)
  if (code === '') return error
  const [name, message, hint] = sentence(code, path)
  return new StoreError(name, `${message} (${code}).`, hint, { cause: error })
}

/** The text of any thrown value, with the hint of a StoreError. */
export function describe(error: unknown): string {
  if (error instanceof StoreError) return `${error.message} ${error.hint}`
  return error instanceof Error ? error.message : String(error)
}

function sentence(code: string, path: string): [code: string, message: string, hint: string] {
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return ['store-busy', `Another process kept ${path} locked for more than 10 s`, 'Try again.']
  if (code.startsWith('SQLITE_FULL'))
    return ['store-full', `There is no space left to write ${path}`, 'Free some space and try again.']
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return [
      'store-damaged',
      `${path} is damaged`,
      'Restart the server: it sets the file aside and restores the newest backup.',
    ]
  if (/^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)/.test(code))
    return ['store-unwritable', `${path} cannot be opened for writing`, 'Check the permissions of the file and folder.']
  if (code.startsWith('SQLITE_IOERR'))
    return ['store-io', `The disk under ${path} failed to read or write`, 'Check the disk and try again.']
  return ['store-failed', `${path} refused a statement`, 'This is a fault in the server: report it.']
}
