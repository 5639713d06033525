import { clip } from '@kubevigil/core/budget'

/**
 * Characters that show nothing or turn text around, by which text can say one thing to a person and another to a model: controls but
 * tab and newline, bidirectional marks, zero widths, variation selectors, the tag block, line separators, lone surrogates.
 */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const markup = /<!--[\s\S]{0,4000}?(?:-->|$)|<\/?[a-z][^<>]{0,400}>/gi

/**
 * The one way by which text from GitHub gets into an answer: without hidden characters and HTML, and bounded.
 * @param options.keepMarkup for patches, which would be wrong without their angle brackets
 */
export function cleanText(text: string, max: number, options: { keepMarkup?: boolean } = {}): string {
  let clean = text.slice(0, max * 4 + 1000).replace(hidden, '')
  if (options.keepMarkup !== true) {
    // What surrounds a tag can join to a new one.
    for (let pass = 0; pass < 3; pass += 1) clean = clean.replace(markup, '')
  }
  return clip(clean.trimEnd(), max)
}

/** A single line of it. */
export function cleanLine(text: string, max: number): string {
  return cleanText(text.split('\n')[0] ?? '', max * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, max)
}

const secretFile = /(?:^|[/._-])secrets?(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)\.env[^/]*$/i
const sealedFile = /(?:external|sealed)[-_]?secret|secret-?store/i
const secretKind = /^[-+ ]\s*kind:\s*["']?Secret["']?\s*$/m
const structuralKey = /^(?:apiVersion|kind|metadata|name|namespace|type|data|stringData|labels|annotations|immutable)$/

/** Takes the values out of a patch of a Secret or a `.env` file: a diff must not carry what `kubectl get secret` would not show. */
export function maskSecrets(path: string, patch: string): string {
  const isSecret = secretKind.test(patch) || (secretFile.test(path) && !sealedFile.test(path))
  if (!isSecret) return patch
  return patch
    .split('\n')
    .map((line) => {
      if (line.startsWith('@@')) return line.replace(/(@@.*?@@).*/, '$1')
      const [, before, key, value] = /^([-+ ]\s*(?:export\s+)?)([\w.-]+)\s*[:=]\s*(.*)$/.exec(line) ?? []
      if (key !== undefined)
        return structuralKey.test(key) || value === '' ? line : `${before}${key}: <redacted:secret-data>`
      // The further lines of a block value have no key of their own.
      return /^[-+ ]\s*(?:#.*|---)?$/.test(line) ? line : `${line.slice(0, 1)} <redacted:secret-data>`
    })
    .join('\n')
}
