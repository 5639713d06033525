import type { ObjectRef } from '@kubevigil/core/incident'
import type { Sev } from '@kubevigil/core/policy'
import type { Sql } from '@kubevigil/store/open'

export const documentKinds = ['incident', 'decision', 'note', 'message'] as const
export type DocumentKind = (typeof documentKinds)[number]

export interface Search {
  /** Letters, digits and `-_.` only. */
  words: readonly string[]
  /** Whether a document holds all of the words, or any. */
  mode: 'all' | 'any'
  /** All when empty. */
  kinds: readonly DocumentKind[]
  cluster?: string | undefined
  limit: number
  offset: number
}

export interface Hit {
  kind: DocumentKind
  /** Of the message for a message, else of the incident it belongs to. */
  id: number
  cluster: string
  at: string
  body: string
  /** Null for a message. */
  incident: { fingerprint: string; sev: Sev; resolvedAt: string | null; root: ObjectRef; title: string } | null
  /** Null for all else. */
  message: { session: string; role: string } | null
}

interface Row {
  kind: DocumentKind
  id: number
  cluster: string
  at: string
  body: string
  fingerprint: string | null
  sev: Sev
  resolved_at: string | null
  root_kind: string
  root_namespace: string
  root_name: string
  title: string
  session: string
  role: string
}

/** What a condition holds for, in an order over `document_text` and `document`. */
function hitsBy(condition: string, order: string): string {
  return `
    SELECT document.kind, coalesce(message.id, incident.id) AS id, coalesce(incident.cluster, message.cluster) AS cluster,
      document.at, body, fingerprint, sev, resolved_at, root_kind, root_namespace, root_name, incident.title, session, role
    FROM (
      SELECT document.id
      FROM document_text
        JOIN document ON document.id = document_text.rowid
        LEFT JOIN incident ON incident.id = document.incident
        LEFT JOIN message ON message.id = document.message
      WHERE ${condition}
        AND (@kinds = '[]' OR document.kind IN (SELECT value FROM json_each(@kinds)))
        AND (@cluster IS NULL OR coalesce(incident.cluster, message.cluster) = @cluster)
      ORDER BY ${order} LIMIT @limit OFFSET @offset
    ) AS best
      CROSS JOIN document ON document.id = best.id
      LEFT JOIN incident ON incident.id = document.incident
      LEFT JOIN message ON message.id = document.message`
}

/** A word in the title counts 8, in a name or namespace 4, elsewhere 1; age takes up to half of that within some months. */
const rank = `bm25(document_text, 8, 4, 4, 1) * (0.5 + 0.5 * exp(min(0, julianday(document.at) - julianday(@now)) / 60)),
   document.id DESC`
const byRank = hitsBy('document_text MATCH @match', rank)
/** Of what holds the rare words, what holds the others too: those would make ranking read all that they are in. */
// The plus keeps SQLite from asking the index anew for every row of the list.
const byRankOfRare = hitsBy(
  'document_text MATCH @rare AND +document_text.rowid IN (SELECT rowid FROM document_text WHERE document_text MATCH @match)',
  rank,
)
const byAge = hitsBy('document_text MATCH @match', 'document_text.rowid DESC')

/** Documents that match, best first; the newest first when no word tells them apart. */
export function searchDocuments(sql: Sql, { words, mode, kinds, cluster, limit, offset }: Search, now: string): Hit[] {
  const terms = words.map((word) => termOf(sql, word))
  const join = (some: readonly Term[]): string => some.map((term) => term.match).join(mode === 'all' ? ' AND ' : ' OR ')
  const match = join(terms)
  const rare = terms.filter((term) => term.isRare)
  const asked = { match, limit, offset, kinds: JSON.stringify(kinds), cluster: cluster ?? null }
  if (rare.length === terms.length && (mode === 'all' || !isEverywhere(sql, match)))
    return sql.all<Row>(byRank, { ...asked, now }).map(fromRow)
  if (rare.length > 0 && mode === 'all')
    return sql.all<Row>(byRankOfRare, { ...asked, rare: join(rare), now }).map(fromRow)
  return sql.all<Row>(byAge, asked).map(fromRow)
}

/** More matches than this are not ranked: ranking by a word reads every match of it. */
const mostRanked = 2_000
/** Shorter beginnings match too much of a large memory to be looked up quickly. */
const leastBeginning = 3

interface Term {
  /** An FTS5 expression. */
  match: string
  isRare: boolean
}

/**
 * A word as an FTS5 expression, quoted, so that no syntax gets through. It matches what begins with it, as names of pods begin with
 * those of their owners; one that is everywhere by itself matches only itself, at the end of a sentence too.
 */
function termOf(sql: Sql, word: string): Term {
  const itself = `("${word}" OR "${word}.")`
  if (isEverywhere(sql, itself)) return { match: itself, isRare: false }
  if (word.length < leastBeginning) return { match: itself, isRare: true }
  const beginning = `"${word}"*`
  return { match: beginning, isRare: !isEverywhere(sql, beginning) }
}

function isEverywhere(sql: Sql, match: string): boolean {
  const text = 'SELECT 1 FROM document_text WHERE document_text MATCH ? LIMIT 1 OFFSET ?'
  return sql.get(text, match, mostRanked) !== undefined
}

function fromRow(row: Row): Hit {
  const { kind, id, cluster, at, body, fingerprint, sev, resolved_at, title, session, role } = row
  const root = { kind: row.root_kind, namespace: row.root_namespace, name: row.root_name }
  return {
    kind,
    id,
    cluster,
    at,
    body,
    incident: fingerprint === null ? null : { fingerprint, sev, resolvedAt: resolved_at, root, title },
    message: fingerprint === null ? { session, role } : null,
  }
}
