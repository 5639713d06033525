import type { Database } from 'better-sqlite3'
import { keepCopy } from './copies.ts'
import { StoreError } from './errors.ts'

/** One step of a schema. Its place in the list, counted from one, is the version it leads to; a released step never changes. */
export interface Migration {
  /** What it does, for the error text. */
  name: string
  sql: string
}

/** The schema version a file says it has. */
export function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/** @throws StoreError when the file was written by a newer release, whose rows this one would misread */
export function refuseNewer(db: Database, path: string, newest: number): void {
  const version = versionOf(db)
  if (version <= newest) return
  throw new StoreError(
    'store-newer',
    `${path} has schema ${version}, and this release knows ${newest}: a newer release has written it.`,
    'Update this server, or restart it if it was updated while it ran.',
  )
}

/**
 * Brings a file to the newest schema: a copy of an existing file first, then every missing step in one IMMEDIATE transaction.
 * Several processes may start together: the version is read again under the lock, and who comes second finds nothing to do.
 */
export async function migrate(db: Database, path: string, migrations: readonly Migration[]): Promise<void> {
  refuseNewer(db, path, migrations.length)
  const before = versionOf(db)
  if (before === migrations.length) return
  if (before > 0) await keepCopy(db, path, before)
  const steps = db.transaction(() => {
    refuseNewer(db, path, migrations.length)
    for (const [index, step] of migrations.entries()) {
      if (index < versionOf(db)) continue
      try {
        db.exec(step.sql)
      } catch (cause) {
        throw new StoreError(
          'store-migration',
          `${path} could not be brought to schema ${index + 1} (${step.name}): ${(cause as Error).message}. Nothing was changed.`,
          'Report this with the sentence above; the release that wrote the file still opens it.',
          { cause },
        )
      }
      db.pragma(`user_version = ${index + 1}`)
    }
  })
  steps.immediate()
}
