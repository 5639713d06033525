/**
 * Estimates how many tokens a text takes, without a tokenizer: runs of characters of one class, weighted. The weights were fitted to
 * the last public Claude vocabulary on kubectl output, YAML, JSON, logs, prose and code; the mean error on each of them was 5 % or
 * less. The estimate adds up: a text takes as much as its lines and the breaks between them.
 * @returns tokens of a model whose vocabulary is that one's size; multiply by `tokenFactor` for others
 */
export function estimateTokens(text: string): number {
  let tokens = lineBreak * count(text, /\n/g)
  for (const [word] of text.matchAll(/[A-Za-z]+/g)) tokens += 1.2 + 0.12 * Math.max(0, word.length - 6)
  for (const [signs] of text.matchAll(/[!-/:-@[-`{-~]+/g)) tokens += 0.75 + 0.12 * signs.length
  tokens += 1.1 * count(text, /\d+/g) + count(text, / {2,}/g)
  // Letters and signs beyond ASCII take one or two each.
  return tokens + 1.54 * count(text, /[^\p{ASCII}]/gu)
}

/** What a line break adds to an estimate. */
export const lineBreak = 0.3

/** What models after 4.6 take of the same text, by published counts: 1.325 on average, rounded up so that a budget holds. */
const newestFactor = 1.35

/**
 * How many tokens a model takes where `estimateTokens` says one, as long as nothing was measured: 1 up to version 4.6, more for
 * later ones and for a model that is not known, so that a budget kept for it is kept for all.
 */
export function tokenFactor(model?: string): number {
  const version = /\bclaude-(?:[a-z]+-)*(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model ?? '')
  if (version === null) return newestFactor
  const [, major = '', minor = '0'] = version
  return Number(major) + Number(minor) / 100 <= 4.06 ? 1 : newestFactor
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
