import type { ObjectRef } from '@kubevigil/core/incident'
import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'

export const documentKinds = ['incident', 'decision', 'note'] as const
export type DocumentKind = (typeof documentKinds)[number]

export interface Search {
  /** An FTS5 expression. */
  match: string
  /** All when empty. */
  kinds: readonly DocumentKind[]
  cluster?: string | undefined
  limit: number
  offset: number
}

export interface Hit {
  kind: DocumentKind
  /** The incident it belongs to. */
  id: number
  fingerprint: string
  cluster: string
  at: string
  sev: Sev
  resolvedAt: string | null
  root: ObjectRef
  title: string
  /** The words around a match. */
  excerpt: string
}

/** Documents that match, best first: a word in the title counts 8, in a name or namespace 4, elsewhere 1; the newest of equals first. */
export function searchDocuments(sql: Sql, { match, kinds, cluster, limit, offset }: Search): Hit[] {
  return sql
    .all<Omit<Hit, 'root'> & { root_kind: string; root_namespace: string; root_name: string }>(
      `SELECT document.kind, incident.id, fingerprint, cluster, document.at, sev, resolved_at AS resolvedAt,
         root_kind, root_namespace, root_name, incident.title,
         snippet(document_text, -1, '', '', '…', 16) AS excerpt
       FROM document_text
         JOIN document ON document.id = document_text.rowid
         JOIN incident ON incident.id = document.incident
       WHERE document_text MATCH @match
         AND (@kinds = '[]' OR document.kind IN (SELECT value FROM json_each(@kinds)))
         AND (@cluster IS NULL OR cluster = @cluster)
       ORDER BY bm25(document_text, 8, 4, 4, 1), document.id DESC
       LIMIT @limit OFFSET @offset`,
      { match, kinds: JSON.stringify(kinds), cluster: cluster ?? null, limit, offset },
    )
    .map(({ root_kind, root_namespace, root_name, ...hit }) => ({
      ...hit,
      root: { kind: root_kind, namespace: root_namespace, name: root_name },
    }))
}
