import type { Database } from 'better-sqlite3'
import { sqliteCode } from './errors.ts'

/**
 * Who has a store open, told by a lock the kernel frees when a process dies: every store shares the lock of a small database
 * beside it (`memory.db-lock`). A damaged file may be moved only by a process that holds it alone, because SQLite deletes a
 * closing database's `-wal` by name, which by then would be the new file's.
 */
export interface Door {
  /** Takes the lock alone. False when another process has the store open. */
  tryAlone: () => boolean
  /** Goes back to sharing the lock. */
  share: () => void
  close: () => void
}

/** Opens the lock database and shares its lock. */
export function openDoor(lock: Database): Door {
  function share(): void {
    if (lock.inTransaction) lock.exec('COMMIT')
    // Whoever holds it alone is repairing, which ends.
    lock.pragma('busy_timeout = 30000')
    // A deferred transaction locks with its first read.
    lock.exec('BEGIN')
    lock.prepare('SELECT count(*) FROM sqlite_schema').get()
  }
  share()
  return {
    share,
    tryAlone() {
      lock.exec('COMMIT')
      // Who shares it may do so for days: no waiting.
      lock.pragma('busy_timeout = 0')
      try {
        lock.exec('BEGIN EXCLUSIVE')
        return true
      } catch (error) {
        if (!sqliteCode(error).startsWith('SQLITE_BUSY')) throw error
        share()
        return false
      }
    },
    close: () => void lock.close(),
  }
}
