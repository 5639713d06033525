import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'

const keptBackups = 3
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Backups of a store, newest first. */
export function backupsOf(path: string): string[] {
  return filesBeside(path, '.db').sort().reverse()
}

/** The time as part of a file name, sorting as it passes. */
export function stamp(): string {
  return new Date().toISOString().replaceAll(/[-:.]/g, '')
}

/**
 * Copies a store while it is in use, whole or not at all, and keeps the newest few copies.
 * @param isSound checks the copy; one that is not sound is removed, and no older copy for it
 * @returns whether the copy was kept
 */
export async function keepCopy(
  db: Database,
  path: string,
  version: number,
  isSound: (copy: string) => boolean = () => true,
): Promise<boolean> {
  const copy = `${path}.backup-${stamp()}-${process.pid}-schema${version}.db`
  const unfinished = `${copy}.unfinished`
  try {
    // All pages in one step: between steps another process's write would start the copy over.
    await db.backup(unfinished, { progress: () => 0x7fffffff })
    if (!isSound(unfinished)) return false
    renameSync(unfinished, copy)
  } finally {
    rmSync(unfinished, { force: true })
  }
  for (const old of backupsOf(path).slice(keptBackups)) rmSync(old, { force: true })
  return true
}

export interface DailyCopy {
  db: Database
  path: string
  version: number
  isSound: (copy: string) => boolean
  /** Called when the copy is not sound, which means that the store itself is damaged. */
  onDamage: () => void
  onFailure: (error: unknown) => void
}

/**
 * A function to call after every write: once a day it starts a copy behind the write's back. One process of several copies; a
 * copy holds up no other process's writes, and is checked before it displaces an older one.
 */
export function dailyCopy({ db, path, version, isSound, onDamage, onFailure }: DailyCopy): () => void {
  let lookedAt = 0
  async function copy(): Promise<void> {
    if (!db.open || !isDue(path)) return
    const claim = `${path}.backup-claim`
    if (!takeClaim(claim)) return
    try {
      removeLeftovers(path)
      if (!(await keepCopy(db, path, version, isSound))) onDamage()
    } finally {
      rmSync(claim, { force: true })
    }
  }
  return () => {
    const now = Date.now()
    if (now - lookedAt < hourMs) return
    lookedAt = now
    setImmediate(() => {
      copy().catch((error: unknown) => {
        // Closing ends a copy that is under way; the next process makes it.
        if (db.open) onFailure(error)
      })
    })
  }
}

/** Whether the newest copy, or the store when it has none, is a day old. */
function isDue(path: string): boolean {
  const [newest] = backupsOf(path)
  const since = newest === undefined ? statSync(path).birthtimeMs : statSync(newest).mtimeMs
  return Date.now() - since >= dayMs
}

/** Takes the right to copy. A claim older than an hour is of a process that died. */
function takeClaim(claim: string): boolean {
  if (ageOf(claim) > hourMs) rmSync(claim, { force: true })
  try {
    closeSync(openSync(claim, 'wx', 0o600))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes copies that a process which died did not finish. */
function removeLeftovers(path: string): void {
  for (const file of filesBeside(path, '.unfinished')) if (ageOf(file) > hourMs) rmSync(file, { force: true })
}

/** Milliseconds since a file was written; 0 for one that is not there. */
function ageOf(file: string): number {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  return written === undefined ? 0 : Date.now() - written
}

function filesBeside(path: string, ending: string): string[] {
  const prefix = `${basename(path)}.backup-`
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && name.endsWith(ending))
    .map((name) => join(dirname(path), name))
}
