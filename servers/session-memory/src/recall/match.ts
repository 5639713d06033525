const mostWords = 12

/** The words of a question, without what a sentence puts behind them. */
export function wordsOf(query: string): string[] {
  const found = query.match(/[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}\-_.]*/gu) ?? []
  return [...new Set(found.map((word) => word.replace(/[-_.]+$/u, '')))].slice(0, mostWords)
}
