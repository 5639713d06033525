import { clip } from '../budget.ts'
import type { ObjectRef } from '../incident.ts'

/** Characters of a foreign text that evidence keeps: enough for any kubelet message that matters. */
export const quoteLimit = 300

/** Text from events, conditions and statuses as one bounded line without control characters: it is data, whatever it says. */
export function quote(text: string | undefined, max = quoteLimit): string {
  return clip((text ?? '').replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim(), max)
}

/** An object as a person names it: `Deployment shop/web`, `Node node-3`. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** `-n namespace `, or nothing for a cluster-scoped object, for a kubectl command. */
export function inNamespace(namespace: string | undefined): string {
  return namespace === undefined || namespace === '' ? '' : `-n ${namespace} `
}

/**
 * The name closest to a misspelt one: at most one edit in four characters, so that `db-credential` finds `db-credentials`
 * but `web` never finds `api`.
 */
export function nearestName(wanted: string, names: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(wanted.length / 4))
  let best: { name: string; edits: number } | undefined
  for (const name of [...new Set(names)].sort()) {
    if (name === wanted || Math.abs(name.length - wanted.length) > most) continue
    const edits = distance(wanted, name)
    if (edits <= most && (best === undefined || edits < best.edits)) best = { name, edits }
  }
  return best?.name
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}

/** Order of code units: the same everywhere, unlike a locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
