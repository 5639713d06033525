import { createHash } from 'node:crypto'
import { UserError } from '@kubevigil/mcp-kit/errors'
import type { Sql, SqlValue } from '@kubevigil/store/open'
import { z } from 'zod'

/** The form of an export: a line of JSON each for the head, every row and the end. */
const formatVersion = 1

interface Table {
  name: string
  columns: string[]
  key: string[]
}

type Row = Record<string, SqlValue>

const Line = z.union([
  z.strictObject({ kubevigil: z.literal('memory'), version: z.int(), schema: z.int() }),
  z.strictObject({ end: z.literal(true), rows: z.int(), sha256: z.string() }),
  z.strictObject({ table: z.string(), row: z.record(z.string(), z.union([z.string(), z.number(), z.null()])) }),
])
type Line = z.output<typeof Line>

/**
 * Every table that holds memory, those first that others refer to: found in the schema, so that none can be forgotten. What search
 * keeps is left out, because triggers make it again.
 */
function tablesOf(sql: Sql): Table[] {
  const names = sql.all<{ name: string }>(
    `SELECT name FROM pragma_table_list
     WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'document' ORDER BY name`,
  )
  const ordered: string[] = []
  const visit = (name: string): void => {
    if (ordered.includes(name)) return
    const referred = sql.all<{ table: string }>(
      'SELECT DISTINCT "table" FROM pragma_foreign_key_list(?) ORDER BY 1',
      name,
    )
    for (const { table } of referred) if (table !== name) visit(table)
    ordered.push(name)
  }
  for (const { name } of names) visit(name)
  return ordered.map((name) => {
    const columns = sql.all<{ name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)', name)
    const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    return { name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) }
  })
}

function schemaOf(sql: Sql): number {
  return sql.get<{ version: number }>('SELECT user_version AS version FROM pragma_user_version')!.version
}

const rowsAtOnce = 500

/** Everything that is remembered, line by line; the same memory gives the same lines. */
export function* exportLines(sql: Sql): Generator<string> {
  const hash = createHash('sha256')
  let rows = 0
  const line = (value: object): string => {
    const text = `${JSON.stringify(value)}\n`
    hash.update(text)
    return text
  }
  yield line({ kubevigil: 'memory', version: formatVersion, schema: schemaOf(sql) } satisfies Line)
  for (const { name, columns, key } of tablesOf(sql)) {
    const list = key.map(quoted).join(', ')
    const page = `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(name)}`
    const from = ` WHERE (${list}) > (${key.map(() => '?').join(', ')})`
    let last: Row | undefined
    do {
      const after = last === undefined ? [] : key.map((column) => last![column]!)
      const found = sql.all<Row>(
        `${page}${last === undefined ? '' : from} ORDER BY ${list} LIMIT ${rowsAtOnce}`,
        ...after,
      )
      for (const row of found) yield line({ table: name, row })
      rows += found.length
      last = found.length < rowsAtOnce ? undefined : found.at(-1)
    } while (last !== undefined)
  }
  yield `${JSON.stringify({ end: true, rows, sha256: hash.digest('hex') } satisfies Line)}\n`
}

/**
 * Takes an export into an empty memory. The caller's transaction makes it whole or nothing.
 * @returns how many rows were taken
 * @throws UserError when the memory holds something, or the lines are newer, cut, changed or no export at all
 */
export function importLines(sql: Sql, lines: Iterable<string>): number {
  const tables = new Map(tablesOf(sql).map((table) => [table.name, table]))
  for (const name of tables.keys()) refuseFilled(sql, name)
  const hash = createHash('sha256')
  let number = 0
  let rows = 0
  for (const text of lines) {
    number++
    const line = readLine(text, number)
    if (number === 1) refuseForeign(line, schemaOf(sql))
    else if ('end' in line) {
      if (line.rows === rows && line.sha256 === hash.digest('hex')) return rows
      throw broken('was changed after it was written')
    } else if ('table' in line) {
      insert(sql, tables, line, number)
      rows++
    } else throw broken(`begins anew at line ${number}`)
    hash.update(`${text}\n`)
  }
  throw broken('ends before its last line')
}

function refuseFilled(sql: Sql, table: string): void {
  if (sql.get(`SELECT 1 FROM ${quoted(table)} LIMIT 1`) === undefined) return
  throw new UserError(
    'import-filled',
    `This memory holds something already (in ${table}), and an import does not mix.`,
    'Stop the servers, move memory.db aside, start again and import first.',
  )
}

function readLine(text: string, number: number): Line {
  try {
    return Line.parse(JSON.parse(text))
  } catch {
    throw broken(`is not what export_memory writes, at line ${number}`)
  }
}

function refuseForeign(line: Line, schema: number): void {
  if (!('kubevigil' in line)) throw broken('has no head')
  if (line.version <= formatVersion && line.schema <= schema) return
  throw new UserError(
    'import-newer',
    `The export is of form ${line.version} and schema ${line.schema}; this release reads ${formatVersion} and ${schema}.`,
    'Import it with the release that wrote it, or a newer one.',
  )
}

function insert(
  sql: Sql,
  tables: ReadonlyMap<string, Table>,
  { table, row }: Extract<Line, { table: string }>,
  number: number,
): void {
  const known = tables.get(table)
  const columns = Object.keys(row)
  if (known === undefined || columns.some((column) => !known.columns.includes(column)))
    throw broken(`names a table or column that this memory does not have, at line ${number}`)
  const marks = columns.map(() => '?').join(', ')
  const text = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (${marks})`
  try {
    sql.run(text, ...Object.values(row))
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) throw error
    throw broken(`holds a row that does not fit, at line ${number}`)
  }
}

function broken(what: string): UserError {
  return new UserError('import-broken', `The export ${what}.`, 'Nothing was imported; export again where it came from.')
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
