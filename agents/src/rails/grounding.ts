/** Where a text stands against the evidence its writer was given. */
export interface Grounded {
  /** The sentences that may be shown to people elsewhere, in order. */
  text: string
  /** Names and numbers that are nowhere in the evidence, and commands, links or mentions; each once. */
  flagged: string[]
}

/**
 * Holds a model's text against the evidence: a name or number that nothing given to it contains was made up or computed, and the
 * sentence it stands in goes no further. Sentences with commands, links or mentions go no further either, however well founded:
 * whoever can write a log line could have put them there, and the commands of a message come from the rules.
 * It looks at names and numbers only. Whether a sentence draws the right conclusion from them no code here can tell.
 */
export function ground(text: string, evidence: readonly string[]): Grounded {
  const known = vocabulary(evidence.join('\n'))
  const flagged = new Set<string>()
  const kept = sentences(text).filter((sentence) => {
    const doubts = [...orders(sentence), ...names(sentence).filter((name) => !isKnown(name, known))]
    for (const doubt of doubts) flagged.add(doubt)
    return doubts.length === 0
  })
  return { text: kept.join(' '), flagged: [...flagged] }
}

interface Vocabulary {
  text: string
  words: Set<string>
  numbers: Set<string>
}

/** A run of characters that names of objects, images, files, versions and instants are made of. */
const word = /[\p{L}\d][\p{L}\d._:/@%+-]*/gu
const number = /\d+(?:[.,]\d+)*/g

function vocabulary(evidence: string): Vocabulary {
  const text = evidence.toLowerCase()
  return { text, words: new Set(text.match(word) ?? []), numbers: new Set((text.match(number) ?? []).map(plain)) }
}

/** Ends of sentences: punctuation before a space, so that `2.5` and `example.com` stay whole; and line ends. */
function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}

/** Words that name something rather than say something: with a digit, an inner capital, or a mark inside; or between backticks. */
function names(sentence: string): string[] {
  const quoted = [...sentence.matchAll(/`([^`]+)`/g)].flatMap(([, inner]) => inner?.match(word) ?? [])
  const plainWords = (sentence.match(word) ?? []).map((one) => one.replace(/[._:/@+-]+$/, ''))
  const telling = plainWords.filter(
    (one) =>
      /\d/.test(one) || /\p{Ll}\p{Lu}/u.test(one) || (/[\p{L}\d][._:/@-][\p{L}\d]/u.test(one) && !isCompound(one)),
  )
  return [...new Set([...quoted, ...telling])]
}

/** English compounds that name nothing: `out-of-memory`, `re-created`, `read-only`, `and/or`. */
function isCompound(one: string): boolean {
  return /^(?:(?:out|end)-of|re|pre|post|non|self|read|write|multi|single|long|short|follow|roll|start|back|well|so|in|on|up|mid|co|sub|over|under|high|low|near|full|half|part|first|last|one|two|three|user|customer)-\p{L}+(?:-\p{L}+)?$|^(?:and|he|his|either)\/(?:or|she|her)$|^(?:e\.g|i\.e|a\.m|p\.m)$/iu.test(
    one,
  )
}

function isKnown(name: string, known: Vocabulary): boolean {
  const lower = name.toLowerCase()
  if (known.words.has(lower)) return true
  // `256Mi`, `40%`, `3x`: what counts is the number.
  const numbers = /^\d+(?:[.,]\d+)*(?:%|st|nd|rd|th|[a-z]{1,3})?$/.test(lower) ? (lower.match(number) ?? []) : []
  if (numbers.length > 0 && numbers.every((one) => known.numbers.has(plain(one)))) return true
  // Commits are named by their first characters.
  if (/^[\da-f]{7,40}$/.test(lower)) return [...known.words].some((one) => one.startsWith(lower))
  return standsIn(known.text, lower)
}

/**
 * Whether a name stands in a text whole, or as a part between marks: `shop/checkout` holds `checkout`, `2026-11-21T01:05:00Z`
 * holds `01:05`, and `api2` holds no `api`.
 */
function standsIn(text: string, name: string): boolean {
  const before = /^\d/.test(name) ? /\d/ : /[\p{L}\d]/u
  const after = /[\p{L}\d]/u
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!before.test(text[at - 1] ?? '') && !after.test(text[at + name.length] ?? '')) return true
  }
  return false
}

/** `1,024` and `1024` are one number, `07` and `7` too. */
function plain(digits: string): string {
  return digits.replaceAll(',', '').replace(/^0+(?=\d)/, '')
}

/** Programs whose name with a word behind it is a command. */
const command =
  /\b(?:kubectl|helm|argocd|flux|kustomize|git|curl|wget|ssh|docker|crictl|ctr|etcdctl|vault|psql|mysql|bash|sh|rm)\s+(?:-{1,2}\w+|(?:delete|apply|patch|scale|drain|cordon|edit|create|replace|rollout|exec|run|get|describe|logs|revert|push|reset|checkout|uninstall|upgrade|rollback|sync|operator|unseal|-\w+)\b)/gi
const link = /\b[a-z][a-z\d+.-]*:\/\/\S+/gi
const mention = /<[!@#][^>]*>|(?<![\w.])@(?:here|channel|everyone)\b/gi

function orders(sentence: string): string[] {
  return [command, link, mention].flatMap((pattern) => sentence.match(pattern) ?? [])
}
