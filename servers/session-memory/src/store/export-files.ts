import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { UserError } from '@kubevigil/mcp-kit/errors'

/** Where exports lie: beside the database, whatever a caller asks. */
export function exportFile(databasePath: string, name: string): string {
  return join(dirname(databasePath), 'exports', name)
}

const chunk = 1 << 20

/**
 * Writes lines to a file that only its owner may read, whole or not at all.
 * @returns how many rows and bytes; the head and the end are no rows
 * @throws UserError when the file is there already
 */
export function writeLines(file: string, lines: Iterable<string>): { rows: number; bytes: number } {
  if (existsSync(file))
    throw new UserError('export-exists', `There is an export at ${file} already.`, 'Give another file name.')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.unfinished-${process.pid}`
  let bytes = 0
  let rows = -2
  try {
    const handle = openSync(unfinished, 'w', 0o600)
    try {
      let waiting = ''
      for (const line of lines) {
        waiting += line
        rows++
        if (waiting.length < chunk) continue
        writeFileSync(handle, waiting)
        bytes += Buffer.byteLength(waiting)
        waiting = ''
      }
      writeFileSync(handle, waiting)
      bytes += Buffer.byteLength(waiting)
    } finally {
      closeSync(handle)
    }
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
  return { rows, bytes }
}

/**
 * The lines of a file, without their ends, a bounded part of it in memory at a time.
 * @throws UserError when there is no such file
 */
export function* readLines(file: string): Generator<string> {
  if (!existsSync(file))
    throw new UserError('import-absent', `There is no export at ${file}.`, 'Put the file there, or name another.')
  const handle = openSync(file, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.allocUnsafe(chunk)
    let rest = ''
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(handle)
  }
}
