import { clip } from '@kubevigil/core/budget'

/**
 * Characters that show nothing or turn text around, by which text can say one thing to a person and another to a model: controls but
 * tab and newline, bidirectional marks, zero widths, variation selectors, the tag block, line separators, lone surrogates.
 */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const tag = /<\/?[a-z][^<>]{0,400}>/gi

/**
 * The one way by which text from GitHub gets into an answer: without hidden characters and HTML, and bounded.
 * @param options.keepMarkup for patches, which would be wrong without their angle brackets
 */
export function cleanText(text: string, max: number, options: { keepMarkup?: boolean } = {}): string {
  let clean = text.slice(0, max * 4 + 1000).replace(hidden, '')
  if (options.keepMarkup !== true) {
    // What surrounds a tag can join to a new one.
    for (let pass = 0; pass < 3; pass += 1) clean = withoutComments(clean).replace(tag, '')
  }
  return clip(clean.trimEnd(), max)
}

/** Takes HTML comments out, an unclosed one to its end; by hand, for an expression is slow on many openings. */
function withoutComments(text: string): string {
  const [first = '', ...rest] = text.split('<!--')
  const after = rest.map((part) => {
    const end = part.indexOf('-->')
    return end === -1 ? '' : part.slice(end + 3)
  })
  return first + after.join('')
}

/** A single line of it. */
export function cleanLine(text: string, max: number): string {
  return cleanText(text.split('\n')[0] ?? '', max * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, max)
}

const secretFile = /(?:^|[/._-])secrets?(?:[._-][^/]*)?\.ya?ml$/i
const environmentFile = /(?:^|\/)[^/]*\.env(?:\.[^/]*)?$/i
const sealedFile = /(?:external|sealed)[-_]?secret|secret-?store/i
/** In YAML, also as an item of a list and with a remark behind it, and in JSON. */
const secretKind = /^[-+ ]\s*(?:-\s+)?kind:\s*["']?Secret["']?\s*(?:#.*)?$|"kind"\s*:\s*"Secret"/m
const masked = '<redacted:secret-data>'
const structuralKey = /^(?:apiVersion|kind|metadata|name|namespace|type|data|stringData|labels|annotations|immutable)$/

/** Takes the values out of a patch of a Secret or a `.env` file: a diff must not carry what `kubectl get secret` would not show. */
export function maskSecrets(path: string, patch: string): string {
  if (environmentFile.test(path)) return patch.replace(/^([-+ ]\s*(?:export\s+)?[\w.-]+\s*=).*$/gm, `$1${masked}`)
  const isSecret = secretKind.test(patch) || (secretFile.test(path) && !sealedFile.test(path))
  return isSecret ? patch.split('\n').map(maskLine).join('\n') : patch
}

function maskLine(line: string): string {
  // The text behind a hunk's mark is a line of the file too.
  if (line.startsWith('@@')) return line.replace(/(@@.*?@@).*/, '$1')
  if (/^[-+ ]?\s*(?:#.*|---)?$/.test(line)) return line
  const [, before, key, value] = /^([-+ ]\s*)["']?([\w.-]+)["']?\s*:\s*(.*)$/.exec(line) ?? []
  // The further lines of a block value have no key of their own.
  if (key === undefined) return `${line.slice(0, 1)} ${masked}`
  const inline = /^(?:data|stringData)$/.test(key) && !['', '{', '{}'].includes(value?.trim() ?? '')
  return (structuralKey.test(key) && !inline) || value === '' ? line : `${before}${key}: ${masked}`
}
