import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** What a client's file holds; empty when there is none. */
export function readConfigFile(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/**
 * Puts a text in the place of a client's file, whole or not at all. What was there stays beside it under the date.
 * @returns the path of that backup; null when there was no file
 */
export function saveConfigFile(file: string, text: string, now: Date): string | null {
  mkdirSync(dirname(file), { recursive: true })
  // A file that is kept elsewhere and linked to stays there.
  const real = existsSync(file) ? realpathSync(file) : file
  const backup = existsSync(real) ? `${real}.${now.toISOString().replaceAll(':', '-')}.bak` : null
  if (backup !== null) copyFileSync(real, backup, constants.COPYFILE_EXCL)
  const draft = `${real}.${process.pid}.new`
  // It may hold tokens.
  writeFileSync(draft, text, { mode: 0o600 })
  if (existsSync(real)) chmodSync(draft, statSync(real).mode)
  renameSync(draft, real)
  return backup
}
