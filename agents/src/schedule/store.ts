import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { openStore, type Migration, type StoreError } from '@kubevigil/store/open'

/** The steps of driver.db. Times are milliseconds since the epoch. */
const migrations: readonly Migration[] = [
  {
    name: 'target',
    sql: `
      CREATE TABLE target (
        name TEXT PRIMARY KEY,
        holder TEXT,
        held_since INTEGER,
        held_until INTEGER,
        held_scheduled INTEGER,
        started_at INTEGER,
        finished_at INTEGER,
        outcome TEXT,
        due_at INTEGER
      ) STRICT`,
  },
]

/** A driver that may not be alive any more never holds a target for longer than this. */
export const leaseMs = 30_000

/** Who is in a cycle. */
export interface Holder {
  /** Such as `pid 4711 on node-1`. */
  who: string
  since: number
}

/** What a driver gets when it asks for its turn. */
export type Turn = { state: 'taken' } | { state: 'held'; holder: Holder } | { state: 'not-due' }

export interface LastRun {
  startedAt: number | undefined
  finishedAt: number | undefined
  outcome: string | undefined
  /** When the next one is due, as whoever watches last said. */
  dueAt: number | undefined
  holder: Holder | undefined
}

/** What drivers of one KUBEVIGIL_HOME know of each other: who is in a cycle of which target, and when the last scheduled one began. */
export interface DriverStore {
  /**
   * Asks for the right to run a cycle. With `isDue` it is a scheduled one: whether it is still due is decided by the start of the last
   * one that ended, in the same transaction, so that of two drivers that woke for it one runs.
   */
  take: (target: string, now: number, isDue?: (lastStart: number | undefined) => boolean) => Turn
  /** Holds on for another lease. False when somebody else has the target: this driver was away for longer than the lease. */
  keep: (target: string, now: number) => boolean
  /** Gives the target back. A scheduled run counts as done unless it was stopped on its way; one whose driver died does not. */
  release: (target: string, now: number, outcome: string) => void
  lastRun: (target: string, now: number) => LastRun
  expect: (target: string, dueAt: number) => void
  close: () => void
}

interface Row {
  holder: string | null
  held_since: number | null
  held_until: number | null
  started_at: number | null
  finished_at: number | null
  outcome: string | null
  due_at: number | null
}

function toError({ code, message, hint }: StoreError): UserError {
  return new UserError(code, message, hint)
}

/** Opens driver.db in the home folder. @throws UserError when it cannot be used */
export async function openDriverStore(home: string): Promise<DriverStore> {
  const store = await openStore({ path: join(home, 'driver.db'), migrations, toError })
  // The random part tells this process from one that had its number before, as the first process of every container has.
  const me = `pid ${process.pid} on ${hostname()}#${randomUUID()}`
  const holderOf = (row: Row | undefined, now: number): Holder | undefined =>
    // A lease that ends further ahead than one lasts is of a clock that was set back since.
    row?.holder != null && (row.held_until ?? 0) > now && (row.held_until ?? 0) <= now + leaseMs && row.holder !== me
      ? { who: row.holder.split('#')[0]!, since: row.held_since ?? now }
      : undefined
  const select = 'SELECT * FROM target WHERE name = ?'
  return {
    take: (target, now, isDue) =>
      store.write((sql): Turn => {
        const row = sql.get<Row>(select, target)
        const holder = holderOf(row, now)
        if (holder !== undefined) return { state: 'held', holder }
        if (isDue !== undefined && !isDue(row?.started_at ?? undefined)) return { state: 'not-due' }
        sql.run('INSERT INTO target (name) VALUES (?) ON CONFLICT DO NOTHING', target)
        sql.run(
          `UPDATE target SET holder = @me, held_since = @now, held_until = @until, held_scheduled = @scheduled
             WHERE name = @target`,
          { me, now, until: now + leaseMs, target, scheduled: isDue === undefined ? 0 : 1 },
        )
        return { state: 'taken' }
      }),
    keep: (target, now) =>
      store.write((sql) => {
        const until = now + leaseMs
        return sql.run('UPDATE target SET held_until = ? WHERE name = ? AND holder = ?', until, target, me).changes > 0
      }),
    release: (target, now, outcome) =>
      store.write((sql) => {
        sql.run(
          `UPDATE target SET
             started_at = CASE WHEN held_scheduled AND @outcome <> 'stopped' THEN held_since ELSE started_at END,
             holder = NULL, held_since = NULL, held_until = NULL, held_scheduled = NULL,
             finished_at = @now, outcome = @outcome
             WHERE name = @target AND holder = @me`,
          { me, now, target, outcome },
        )
      }),
    lastRun: (target, now) => {
      const row = store.read((sql) => sql.get<Row>(select, target))
      return {
        startedAt: row?.started_at ?? undefined,
        finishedAt: row?.finished_at ?? undefined,
        outcome: row?.outcome ?? undefined,
        dueAt: row?.due_at ?? undefined,
        holder: holderOf(row, now),
      }
    },
    expect: (target, dueAt) =>
      store.write((sql) => {
        sql.run(
          'INSERT INTO target (name, due_at) VALUES (?, ?) ON CONFLICT DO UPDATE SET due_at = excluded.due_at',
          target,
          dueAt,
        )
      }),
    close: () => store.close(),
  }
}
