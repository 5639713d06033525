import { copyFileSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Database } from 'better-sqlite3'
import { backupsOf, stamp } from './copies.ts'
import { saysDamaged } from './errors.ts'

const companions = ['', '-wal', '-shm']

/**
 * Sets a damaged store aside, its log with it, and puts the newest sound backup in its place; without one the next open
 * starts afresh. The caller holds the store alone.
 * @param isSound opens a file and checks it whole
 * @returns what happened, in sentences
 */
export function quarantine(path: string, isSound: (path: string) => boolean): string[] {
  const aside = `${path}.damaged-${stamp()}`
  for (const companion of companions) {
    if (existsSync(path + companion)) renameSync(path + companion, aside + companion)
  }
  rmSync(markOf(path), { force: true })
  const notice = `${path} was damaged and now lies in ${basename(aside)}.`
  for (const backup of backupsOf(path)) {
    copyFileSync(backup, path)
    if (isSound(path)) {
      const made = statSync(backup).mtime.toISOString()
      return [notice, `It was restored from ${basename(backup)} of ${made}: what was stored since then is missing.`]
    }
    for (const companion of companions) rmSync(path + companion, { force: true })
  }
  return [notice, 'There was no sound backup, so it starts empty.']
}

/** Leaves a mark that a query met damage, which opening alone would not see: the next open checks the whole file. */
export function markSuspect(path: string): void {
  writeFileSync(
    markOf(path),
    'A query met a damaged page. The next start checks the whole file and removes this mark.\n',
  )
}

/** Whether a connection's file is damaged, by a whole check (about 10 ms a megabyte) only when a query left its mark. */
export function isDamaged(db: Database, path: string): boolean {
  if (!existsSync(markOf(path))) return false
  const damaged = !checksOut(db)
  if (!damaged) rmSync(markOf(path), { force: true })
  return damaged
}

/** SQLite's own check of a whole file. */
export function checksOut(db: Database): boolean {
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok'
  } catch (error) {
    if (saysDamaged(error)) return false
    throw error
  }
}

function markOf(path: string): string {
  return `${path}-suspect`
}
