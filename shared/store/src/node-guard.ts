import { StoreError } from './errors.ts'

const least = 22

/**
 * Refuses a Node.js that better-sqlite3's binary does not run on: under Node 20 `new Database()` ends the process with
 * SIGSEGV and no message, so this is asked before the import.
 */
export function guardNodeVersion(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= least) return
  throw new StoreError(
    'node-too-old',
    `The database needs Node.js ${least} or newer, and this is ${version}.`,
    'Start the server with a newer node; the project brings its own in node_modules/.bin.',
  )
}
