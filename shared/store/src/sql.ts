import type { Database, Statement } from 'better-sqlite3'

export type SqlValue = string | number | bigint | null | Uint8Array
/** Positional values for `?`, or one object for `@name`. */
export type SqlParameters = SqlValue[] | [Record<string, SqlValue>]

/** The statements a read or write may run. Each text is prepared once, so keep texts constant and pass what varies as parameters. */
export interface Sql {
  /** Every row of a query. `Row` is what the caller knows of its columns. */
  all: <Row>(text: string, ...parameters: SqlParameters) => Row[]
  /** The first row of a query. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the caller knows its query's columns
  get: <Row>(text: string, ...parameters: SqlParameters) => Row | undefined
  /** Runs one statement that changes rows; `id` is the last inserted rowid. */
  run: (text: string, ...parameters: SqlParameters) => { changes: number; id: number }
}

/** Makes the narrow statement interface of a connection. */
export function sqlOf(db: Database): Sql {
  const prepared = new Map<string, Statement>()
  function statement(text: string): Statement {
    let known = prepared.get(text)
    if (known === undefined) prepared.set(text, (known = db.prepare(text)))
    return known
  }
  return {
    all: <Row>(text: string, ...parameters: SqlParameters) => statement(text).all(...parameters) as Row[],
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
    get: <Row>(text: string, ...parameters: SqlParameters) => statement(text).get(...parameters) as Row | undefined,
    run(text, ...parameters) {
      const { changes, lastInsertRowid } = statement(text).run(...parameters)
      return { changes, id: Number(lastInsertRowid) }
    },
  }
}
