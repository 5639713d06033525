const mostTerms = 12

/**
 * The words of a question as FTS5 expressions: all of them, then any of them. Every word is quoted, so that no syntax of FTS5 gets
 * through, and matches what begins with it, because the tokenizer leaves the dot of a sentence on its last word.
 * @returns nothing when the question holds no word
 */
export function matchesOf(query: string): { all: string; any: string } | undefined {
  const words = query.match(/[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}\-_.]*/gu) ?? []
  const terms = words.map((word) => word.replace(/[-_.]+$/u, '')).slice(0, mostTerms)
  if (terms.length === 0) return undefined
  const quoted = [...new Set(terms)].map((term) => `"${term}"*`)
  return { all: quoted.join(' AND '), any: quoted.join(' OR ') }
}
