import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'
import type { StoredIncident } from './incidents.ts'

/** A silence, which outlives the episode it was set in, and whose incident it holds for. */
export type Silence = Pick<StoredIncident, 'sev' | 'cluster' | 'fingerprint' | 'service' | 'root'> & {
  by: string
  until: string
}

/** Every silence, the first to end first; those that are over are among them. */
export function silences(sql: Sql, cluster: string | undefined): Silence[] {
  return sql
    .all<{ sev: Sev; cluster: string; fingerprint: string; service: string | null; root: string; silence: string }>(
      `SELECT sev, cluster, fingerprint, service, silence,
         json_object('kind', root_kind, 'namespace', root_namespace, 'name', root_name) AS root
       FROM incident WHERE silence IS NOT NULL AND (@cluster IS NULL OR cluster = @cluster)
       ORDER BY silence ->> 'until', id`,
      { cluster: cluster ?? null },
    )
    .map(({ root, silence, ...row }) => {
      const { by, until } = JSON.parse(silence) as { by: string; until: string }
      return { ...row, root: JSON.parse(root) as Silence['root'], by, until }
    })
}
