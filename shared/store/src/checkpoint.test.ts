import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as idle } from 'node:timers/promises'
import Sqlite, { type Database } from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { idleCheckpoint } from './checkpoint.ts'

function open(): { db: Database; afterWrite: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kubevigil-checkpoint-'))
  const path = join(folder, 'notes.db')
  const db = new Sqlite(path)
  onTestFinished(() => {
    db.close()
    rmSync(folder, { recursive: true })
  })
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE note (text TEXT NOT NULL)')
  return { db, afterWrite: idleCheckpoint(db, path) }
}

/** Writes about so many pages in one commit. */
function writePages(db: Database, pages: number): void {
  db.prepare('INSERT INTO note VALUES (?)').run('x'.repeat(4096 * pages))
}

function isCopied(db: Database): boolean {
  const [{ log, checkpointed }] = db.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }]
  return log === checkpointed
}

test('a long log is copied in the idle turn after the write, not by the write', async () => {
  const { db, afterWrite } = open()
  writePages(db, 1500)
  afterWrite()
  expect(isCopied(db)).toBe(false)
  await idle()
  expect(isCopied(db)).toBe(true)
})

test('a short log stays', async () => {
  const { db, afterWrite } = open()
  writePages(db, 500)
  afterWrite()
  await idle()
  expect(isCopied(db)).toBe(false)
})

test('a process that never pauses copies it with a commit', () => {
  const { db, afterWrite } = open()
  writePages(db, 4500)
  afterWrite()
  expect(isCopied(db)).toBe(true)
})

test('a store that was closed before its idle turn is left alone', async () => {
  const { db, afterWrite } = open()
  writePages(db, 1500)
  afterWrite()
  db.close()
  await idle()
  expect(db.open).toBe(false)
})
