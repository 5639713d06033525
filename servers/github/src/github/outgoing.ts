import { redact } from '@kubevigil/core/redact'
import { cleanText } from './clean.ts'

const zeroWidthSpace = String.fromCodePoint(0x200b)

/**
 * The one way by which text gets into an issue or a pull request: without secrets, hidden characters, HTML and its comments
 * (they hold the server's own marks), without mentions that would call people, and bounded.
 */
export function outgoing(text: string, max: number): string {
  return cleanText(redact(text), max).replaceAll(/(^|[^\w/`])@(?=\w)/g, `$1@${zeroWidthSpace}`)
}
