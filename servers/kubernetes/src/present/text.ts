import { clip } from '@kubevigil/core/budget'
import { redact } from '@kubevigil/core/redact'

/** Terminal sequences: CSI (colours, cursor), OSC (titles, links), and single escapes. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const terminal = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]{0,2000}(?:\u0007|\u001B\\)?|[@-Z\\-_])/g
/** Control characters but tab and newline, and what is there without being seen: zero-width, direction marks, tags, fillers. */
const unseen = /(?![\t\n])\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u115F\u1160\u3164]/gu
/** Most texts have nothing of the kind, and this is quicker to tell. */
const unusual = /[^\t\n\u0020-\u007E]/
/** Longest text that is looked at for secrets: what lies behind it is cut off before anything is shown. */
const mostRead = 16_000
/** What is dropped from the end of a cut text: a secret may have been cut in two there, so that no rule knows it. */
const cutMargin = 300

/** Takes terminal sequences and characters that nobody sees out of a text from the cluster. */
export function plainText(text: string): string {
  return unusual.test(text) ? text.replace(terminal, '').replace(unseen, '') : text
}

/**
 * A text from the cluster, fit to be shown: plain, without secrets, at most `max` characters (up to 8,000).
 * The order matters: a secret is looked for before anything is cut, because half a token matches no rule.
 */
export function safeText(text: string, max: number): string {
  const plain = plainText(text.slice(0, mostRead))
  const clean = text.length > mostRead ? redact(plain).slice(0, -cutMargin) : redact(plain)
  return clip(clean, max)
}
