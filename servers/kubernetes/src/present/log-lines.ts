import type { LogLine } from '@kubevigil/core/log-patterns'
import { safeText } from './text.ts'

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) ?/
const lineLength = 2000

const keyBegins = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const keyEnds = /-----END [A-Z ]*PRIVATE KEY-----/
const keyBody = /^\s*[A-Za-z0-9+/=]{16,}\s*$/
/** Longest private key, in lines: RSA with 16,384 bits has about 200. */
const mostKeyLines = 250
const maskedKey = '<redacted:private-key>'

/**
 * The lines of a log that was read with timestamps, fit to be shown: each with its time (UTC, milliseconds), without control
 * characters and secrets. A line without a time, such as the rest of a split one, has that of the line before.
 */
export function logLines(body: string): LogLine[] {
  const texts = body.split('\n')
  if (texts.at(-1) === '') texts.pop()
  let time: string | undefined
  const lines = texts.map((raw): LogLine => {
    const stamp = stamped.exec(raw)
    if (stamp === null) return { time, text: raw }
    time = toUtc(stamp[1]!) ?? time
    return { time, text: raw.slice(stamp[0].length) }
  })
  maskKeyBlocks(lines)
  for (const line of lines) line.text = safeText(line.text, lineLength)
  return lines
}

function toUtc(stamp: string): string | undefined {
  const millis = Date.parse(stamp)
  return Number.isNaN(millis) ? undefined : new Date(millis).toISOString()
}

/** A private key that is logged stands on many lines, and its start or end may lie outside what was read. */
function maskKeyBlocks(lines: LogLine[]): void {
  let inside = 0
  for (const [index, line] of lines.entries()) {
    const begins = keyBegins.test(line.text)
    const ends = keyEnds.test(line.text)
    if (begins && ends) continue
    if (begins) inside = mostKeyLines
    if (ends && inside === 0) maskBackwards(lines, index)
    if (inside > 0 || ends) line.text = maskedKey
    inside = ends ? 0 : Math.max(0, inside - 1)
  }
}

function maskBackwards(lines: LogLine[], end: number): void {
  for (let index = end - 1; index >= Math.max(0, end - mostKeyLines) && keyBody.test(lines[index]!.text); index -= 1) {
    lines[index]!.text = maskedKey
  }
}
