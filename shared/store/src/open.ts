import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import { idleCheckpoint } from './checkpoint.ts'
import { dailyCopy } from './copies.ts'
import { openDoor, type Door } from './door.ts'
import { describe, explain, saysDamaged, StoreError } from './errors.ts'
import { migrate, refuseNewer, versionOf, type Migration } from './migrate.ts'
import { guardNodeVersion } from './node-guard.ts'
import { checksOut, isDamaged, markSuspect, quarantine } from './quarantine.ts'
import { asStore, type Store } from './store.ts'

export { StoreError } from './errors.ts'
export type { Migration } from './migrate.ts'
export type { Sql, SqlParameters, SqlValue } from './sql.ts'
export type { Store } from './store.ts'

type Connection = Database.Database
type Sqlite = typeof Database

export interface StoreOptions {
  path: string
  /** Every step of the schema, oldest first. */
  migrations: readonly Migration[]
  /** Reads an existing file of exactly this schema, and repairs nothing. */
  readonly?: boolean
  /** Turns the store's sentences into the caller's own kind of error. */
  toError?: (error: StoreError) => Error
}

const busyTimeoutMs = 10_000
const openAttempts = 20

/**
 * Opens a SQLite database well: WAL, every commit flushed to disk (synchronous FULL), foreign keys on, ten seconds of patience
 * with other writers, schema migrated, a damaged file set aside. Rows must be redacted before they come here.
 * @throws StoreError, or what `toError` makes of it: Node.js too old, no access, no space, locked, newer schema
 */
export async function openStore({
  path,
  migrations,
  readonly = false,
  toError = (error) => error,
}: StoreOptions): Promise<Store> {
  const say = (error: unknown): unknown => {
    const said = explain(error, path)
    return said instanceof StoreError ? toError(said) : said
  }
  try {
    guardNodeVersion()
    const { default: Sqlite } = await import('better-sqlite3')
    const version = migrations.length
    if (readonly) return asStore({ db: openExisting(Sqlite, path, version), path, notices: [], version, say })
    makeFile(path)
    const door = openDoor(new Sqlite(`${path}-lock`))
    try {
      const { db, notices } = await openSound(Sqlite, path, migrations, door)
      const checkpoint = idleCheckpoint(db, path)
      const copy = dailyCopy({
        db,
        path,
        version,
        isSound: (file) => isSoundFile(Sqlite, file),
        onDamage() {
          markSuspect(path)
          notices.push(`${path} is damaged: its daily copy was not sound. The next start sets it aside.`)
        },
        onFailure: (error) => notices.push(`${path} could not be copied: ${describe(explain(error, path))}`),
      })
      const afterWrite = (): void => {
        checkpoint()
        copy()
      }
      return asStore({ db, path, notices, version, say, door, afterWrite })
    } catch (error) {
      door.close()
      throw error
    }
  } catch (error) {
    throw say(error)
  }
}

function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
  } catch (cause) {
    throw new StoreError(
      'store-unwritable',
      `${path} cannot be made: ${(cause as Error).message}.`,
      'Name a folder you may write to, with KUBEVIGIL_HOME.',
      { cause },
    )
  }
}

function openExisting(Sqlite: Sqlite, path: string, newest: number): Connection {
  if (!existsSync(path))
    throw new StoreError(
      'store-absent',
      `There is no database at ${path}.`,
      'Start its server once; it makes the file.',
    )
  const db = connect(Sqlite, path, true)
  refuseNewer(db, path, newest)
  if (versionOf(db) === newest) return db
  throw new StoreError('store-older', `${path} has an older schema.`, 'Start its server once; it brings the file up.')
}

/** Opens and migrates; a damaged file is set aside by whichever process holds it alone, and the others wait for that. */
async function openSound(
  Sqlite: Sqlite,
  path: string,
  migrations: readonly Migration[],
  door: Door,
): Promise<{ db: Connection; notices: string[] }> {
  const notices: string[] = []
  for (let attempt = 0; attempt < openAttempts; attempt++) {
    const db = await openIfSound(Sqlite, path, migrations)
    if (db !== undefined) return { db, notices }
    if (!door.tryAlone()) {
      await sleep(100)
      continue
    }
    try {
      // Another process may have repaired it before this one was alone.
      const repaired = await openIfSound(Sqlite, path, migrations)
      if (repaired !== undefined) return { db: repaired, notices }
      notices.push(...quarantine(path, (file) => isSoundFile(Sqlite, file)))
      makeFile(path)
    } finally {
      door.share()
    }
  }
  throw new StoreError(
    'store-damaged',
    `${path} is damaged, and another process has it open, so it cannot be set aside.`,
    'End every Kubevigil process and start again.',
  )
}

async function openIfSound(
  Sqlite: Sqlite,
  path: string,
  migrations: readonly Migration[],
): Promise<Connection | undefined> {
  let db: Connection | undefined
  try {
    db = connect(Sqlite, path, false)
    if (!isDamaged(db, path)) {
      await migrate(db, path, migrations)
      return db
    }
  } catch (error) {
    if (!saysDamaged(error) && !saysDamaged((error as Error).cause)) {
      db?.close()
      throw error
    }
  }
  db?.close()
  return undefined
}

function isSoundFile(Sqlite: Sqlite, path: string): boolean {
  const db = new Sqlite(path, { timeout: busyTimeoutMs })
  try {
    return checksOut(db)
  } finally {
    db.close()
  }
}

function connect(Sqlite: Sqlite, path: string, readonly: boolean): Connection {
  const db = new Sqlite(path, { readonly, timeout: busyTimeoutMs })
  try {
    if (!readonly) db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    // 4 MB instead of 16: what is read often the system keeps anyway, and each server has a process of its own.
    db.pragma('cache_size = -4000')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
