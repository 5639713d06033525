import type { Database } from 'better-sqlite3'
import { saysDamaged } from './errors.ts'
import { markSuspect } from './quarantine.ts'

/** Pages of the log, 4 kB each, that are copied into the file when nobody waits: SQLite's own default for copying them at once. */
const duePages = 1000
/** Pages at which a commit copies them itself, for a process that never pauses: 16 MB of log. */
const mostPages = 4000

interface Log {
  log: number
  checkpointed: number
}

/**
 * Takes checkpoints out of commits, which would make every some writes slow: a function to call after every write copies what is
 * due in the next idle turn. It waits for no other process, and holds up none of its writes.
 */
export function idleCheckpoint(db: Database, path: string): () => void {
  db.pragma(`wal_autocheckpoint = ${mostPages}`)
  let isPlanned = false
  function copyDue(): void {
    isPlanned = false
    if (!db.open) return
    try {
      const [{ log, checkpointed }] = db.pragma('wal_checkpoint(NOOP)') as [Log]
      if (log - checkpointed >= duePages) db.pragma('wal_checkpoint(PASSIVE)')
    } catch (error) {
      // What was written lies in the log, so nobody needs to hear of a full or failing disk before the next write does.
      if (saysDamaged(error)) markSuspect(path)
    }
  }
  return () => {
    if (isPlanned) return
    isPlanned = true
    setImmediate(copyDue)
  }
}
