import { createHash, randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { redactDeep } from '@kubevigil/core/redact'
import { toInstant } from '@kubevigil/core/time'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import type { Sql, Store } from '@kubevigil/store/open'
import { whyOf } from './reasons.ts'
import { waitingRows } from './rows.ts'
import type { Way } from './schema.ts'
import { firstWay, placeName, type Ways } from './ways.ts'

/** Most files that one call writes or removes; the next call goes on. */
const mostAtOnce = 100

interface Filed {
  fingerprint: string
  channel: string
  facts: string
  revision: number
  resolved_at: string | null
}

/**
 * The folder of incidents that nobody could be told of, for people without Slack: a JSON file each, gone once its words went out.
 * It mirrors the outbox, and the database remembers which files stand, so a process that dies in between leaves nothing stale.
 */
export interface IncidentFiles {
  /** Writes and removes what the outbox asks for; never throws, because the message itself is safe in the outbox. */
  sync: () => void
}

const vendors: Record<Way, string> = { slack: 'Slack', teams: 'Teams' }

/** @param ways when the first way out is closed everything that waits is filed; when it is open, what was not taken */
export function createIncidentFiles(
  store: Store,
  { folder, ways, now }: { folder: string; ways: Ways; now: () => number },
): IncidentFiles {
  const way = firstWay(ways)
  const isOpen = ways[way]

  function write(fingerprint: string): void {
    store.write((sql) => {
      const [incident] = unfiled(sql, { way, isOpen }, fingerprint)
      const [first] = waitingRows(sql, { incident: fingerprint, way })
      if (incident === undefined || first === undefined) return
      const content = {
        fingerprint,
        state: `waiting for ${vendors[way]}`,
        why: whyOf(first, ways),
        channel: placeName(first),
        queuedAt: toInstant(first.created_at),
        writtenAt: toInstant(now()),
        resolvedAt: incident.resolved_at,
        incident: JSON.parse(incident.facts) as unknown,
      }
      replaceFile(folder, fileNameOf(fingerprint), `${JSON.stringify(redactDeep(content), null, 2)}\n`)
      sql.run('UPDATE incident SET filed_revision = revision WHERE fingerprint = ?', fingerprint)
    })
  }

  function remove(fingerprint: string): void {
    store.write((sql) => {
      if (told(sql, way, fingerprint).length === 0) return
      rmSync(join(folder, fileNameOf(fingerprint)), { force: true })
      sql.run('UPDATE incident SET filed_revision = NULL WHERE fingerprint = ?', fingerprint)
    })
  }

  return {
    sync() {
      try {
        const due = store.read((sql) => ({ write: unfiled(sql, { way, isOpen }), remove: told(sql, way) }))
        for (const { fingerprint } of due.write) write(fingerprint)
        for (const { fingerprint } of due.remove) remove(fingerprint)
      } catch (error) {
        log('warn', 'The files of untold incidents could not be brought up to date', { error: describeError(error) })
      }
    },
  }
}

/** A name that stays in the folder whatever the fingerprint is. */
export function fileNameOf(fingerprint: string): string {
  const plain = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(fingerprint)
  return `${plain ? fingerprint : createHash('sha256').update(fingerprint).digest('hex')}.json`
}

/** Incidents that wait and whose file does not stand or tells older facts. A row that merely awaits its turn is not filed. */
function unfiled(sql: Sql, { way, isOpen }: { way: Way; isOpen: boolean }, fingerprint?: string): Filed[] {
  return sql.all<Filed>(
    `SELECT * FROM incident WHERE filed_revision IS NOT revision AND (@fingerprint IS NULL OR fingerprint = @fingerprint)
       AND EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = fingerprint AND way = @way AND state = 'waiting'
         AND (@isOpen = 0 OR reason <> '' OR refusal <> ''))
     LIMIT ${mostAtOnce}`,
    { way, isOpen: isOpen ? 1 : 0, fingerprint: fingerprint ?? null },
  )
}

/** Incidents whose file stands though nothing of them waits any more. */
function told(sql: Sql, way: Way, fingerprint?: string): Pick<Filed, 'fingerprint'>[] {
  return sql.all(
    `SELECT fingerprint FROM incident WHERE filed_revision IS NOT NULL AND (@fingerprint IS NULL OR fingerprint = @fingerprint)
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = fingerprint AND way = @way AND state = 'waiting')
     LIMIT ${mostAtOnce}`,
    { way, fingerprint: fingerprint ?? null },
  )
}

/** Writes a whole file or none: beside it, to the disk, and then into its place. Only its owner may read it. */
function replaceFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${name}.${randomUUID()}`)
  try {
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, join(folder, name))
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
