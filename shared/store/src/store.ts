import type { Database } from 'better-sqlite3'
import type { Door } from './door.ts'
import { saysDamaged } from './errors.ts'
import { refuseNewer } from './migrate.ts'
import { markSuspect } from './quarantine.ts'
import { sqlOf, type Sql } from './sql.ts'

/** A database whose rows outlive the process: what `write` has returned is on disk. */
export interface Store {
  readonly path: string
  /** What happened to the file that a person should know, such as a restored backup or a copy that failed; empty on most days. */
  readonly notices: readonly string[]
  /** Runs queries on one unchanging view of the data. */
  read: <T>(work: (sql: Sql) => T) => T
  /** Runs statements in one IMMEDIATE transaction: all of them, or none when `work` throws. `work` may not be async. */
  write: <T>(work: (sql: Sql) => T) => T
  close: () => void
}

interface Opened {
  db: Database
  path: string
  notices: readonly string[]
  version: number
  /** Makes an error the caller's kind. */
  say: (error: unknown) => unknown
  door?: Door
  /** Called when a write is on disk. */
  afterWrite?: () => void
}

/** Puts the narrow interface around an open connection. */
export function asStore({ db, path, notices, version, say, door, afterWrite }: Opened): Store {
  const sql = sqlOf(db)
  function attempt<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (saysDamaged(error)) markSuspect(path)
      throw say(error)
    }
  }
  return {
    path,
    notices,
    read: (work) => attempt(() => db.transaction(() => work(sql)).deferred()),
    write(work) {
      const written = attempt(() =>
        db
          .transaction(() => {
            refuseNewer(db, path, version)
            return work(sql)
          })
          .immediate(),
      )
      afterWrite?.()
      return written
    },
    close() {
      db.close()
      door?.close()
    },
  }
}
