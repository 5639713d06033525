import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { toInstant } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'

export interface CycleMark {
  id: number
  cluster: string
  startedAt: string
}

const counted = [
  'cycles',
  'clusters',
  'incidents',
  'open',
  'observations',
  'decisions',
  'events',
  'sessions',
  'messages',
  'foldedCycles',
] as const

export interface Stats {
  schemaVersion: number
  /** Bytes on disk, each file by what it is. */
  bytes: { database: number; log: number; backups: number; damaged: number }
  backups: number
  /** When the newest of them was made. */
  newestBackup: string | undefined
  damaged: string[]
  counts: Record<(typeof counted)[number], number>
  oldest: CycleMark | undefined
  newest: CycleMark | undefined
}

/** Sizes and counts of the memory at a path. Files that go away meanwhile count nothing. */
export function statsOf(sql: Sql, path: string): Stats {
  const name = basename(path)
  const files = readdirSync(dirname(path))
  const backups = files.filter((file) => file.startsWith(`${name}.backup-`) && file.endsWith('.db'))
  const damaged = files.filter((file) => file.startsWith(`${name}.damaged-`))
  const size = (among: readonly string[]): number =>
    among.reduce((sum, file) => sum + (statSync(join(dirname(path), file), { throwIfNoEntry: false })?.size ?? 0), 0)
  return {
    schemaVersion: sql.get<{ version: number }>('SELECT user_version AS version FROM pragma_user_version')!.version,
    bytes: { database: size([name]), log: size([`${name}-wal`]), backups: size(backups), damaged: size(damaged) },
    backups: backups.length,
    newestBackup: newestOf(backups.map((file) => join(dirname(path), file))),
    damaged: damaged.filter((file) => !/-(?:wal|shm)$/.test(file)),
    counts: sql.get<Stats['counts']>(
      `SELECT (SELECT count(*) FROM cycle) AS cycles, (SELECT count(DISTINCT cluster) FROM cycle) AS clusters,
         (SELECT count(*) FROM incident) AS incidents, (SELECT count(*) FROM incident WHERE resolved_at IS NULL) AS open,
         (SELECT count(*) FROM observation) AS observations, (SELECT count(*) FROM decision) AS decisions,
         (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM session) AS sessions,
         (SELECT count(*) FROM message) AS messages, (SELECT coalesce(sum(cycles), 0) FROM folded_cycles) AS foldedCycles`,
    )!,
    oldest: sql.get<CycleMark>('SELECT id, cluster, started_at AS startedAt FROM cycle ORDER BY id LIMIT 1'),
    newest: sql.get<CycleMark>('SELECT id, cluster, started_at AS startedAt FROM cycle ORDER BY id DESC LIMIT 1'),
  }
}

function newestOf(files: readonly string[]): string | undefined {
  const written = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  return written.length === 0 ? undefined : toInstant(Math.max(...written))
}
