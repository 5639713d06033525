/**
 * Replaces what varies between lines that say the same: times, uuids, addresses, durations, hex, pod hashes, numbers.
 * Kept are words, and the numbers that are the message: an HTTP status or exit code stands as `<=503>`.
 * Linear in the text's length, because logs are written by others.
 */
export function maskVariables(text: string): string {
  let masked = ''
  let done = 0
  for (let index = 0; index < text.length; index += 1) {
    if (!isDigit(text.charCodeAt(index))) continue
    let start = index
    while (start > done && isPiece(text.charCodeAt(start - 1))) start -= 1
    let end = index + 1
    while (end < text.length && isPiece(text.charCodeAt(end))) end += 1
    masked += text.slice(done, start) + maskPiece(text.slice(start, end), start, text)
    done = end
    index = end
  }
  return done === 0 ? text : masked + text.slice(done)
}

/** What variables are made of; quotes, brackets, slashes, `=`, commas and spaces end them, so that a path keeps its shape. */
const pieceCharacter = /[\w.:+\-%@~µ]/
const pieces = Uint8Array.from({ length: 256 }, (_, code) => (pieceCharacter.test(String.fromCharCode(code)) ? 1 : 0))

function isPiece(code: number): boolean {
  return code < 256 && pieces[code] === 1
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

const numeric = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?%?$/
const codeBefore = /(?:status|code|exit|" )["']?\s?[=: ]?\s?["']?$/i

function maskPiece(found: string, offset: number, whole: string): string {
  if (isNumber(found)) {
    const isCode = found.length <= 3 && codeBefore.test(whole.slice(Math.max(0, offset - 12), offset))
    return isCode ? `<=${found}>` : '<n>'
  }
  let end = found.length
  while (end > 0 && (found[end - 1] === '.' || found[end - 1] === ':')) end -= 1
  return end === found.length ? maskWord(found) : maskWord(found.slice(0, end)) + found.slice(end)
}

function isNumber(found: string): boolean {
  for (let index = 0; index < found.length; index += 1) {
    if (!isDigit(found.charCodeAt(index)))
      return index < 2 || found[index] === '.' || found[index] === '%' ? numeric.test(found) : false
  }
  return true
}

const times =
  /^(?:\d{4}-\d\d-\d\d(?:[T_]?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|(?:\d{4}:)?\d\d:\d\d:\d\d(?:\.\d+)?Z?)$/
const duration = /^[+-]?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d)){1,8}$/

function maskWord(found: string): string {
  if (isDigit(found.charCodeAt(0))) {
    if (found.length >= 8 && times.test(found)) return '<time>'
    if (found.length < 24 && duration.test(found)) return '<span>'
    if (isNumber(found)) return '<n>'
  }
  return maskName(found)
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const hex = /^(?:0x[0-9a-f]+|[0-9a-f]{8,})$/i
const ip = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/
const ipv6 = /^(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}$/i
/** A ReplicaSet's hash and the suffix of its pods: the alphabet is apimachinery's, without vowels and look-alikes. */
const podName = /-(?:[a-f0-9]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}$/

function maskName(found: string): string {
  const length = found.length
  if (length > 64) return maskNumbers(found)
  if (length === 36 && uuid.test(found)) return '<uuid>'
  if (length >= 7 && isDigit(found.charCodeAt(0)) && ip.test(found)) return '<ip>'
  if ((length >= 8 || found.startsWith('0x')) && hex.test(found)) return '<hex>'
  if (found.includes(':') && ipv6.test(found)) return '<ip>'
  return maskNumbers(length > 6 && found.includes('-') ? found.replace(podName, '-<pod>') : found)
}

/** Every run of digits, with the dots of a version or fraction inside it, as `<n>`. By hand: it is most of the work. */
function maskNumbers(text: string): string {
  let masked = ''
  let done = 0
  for (let index = 0; index < text.length; index += 1) {
    if (!isDigit(text.charCodeAt(index))) continue
    let end = index + 1
    while (end < text.length && (isDigit(text.charCodeAt(end)) || isInnerDot(text, end))) end += 1
    masked += `${text.slice(done, index)}<n>`
    done = end
    index = end - 1
  }
  return masked + text.slice(done)
}

function isInnerDot(text: string, index: number): boolean {
  return text.charCodeAt(index) === 46 && isDigit(text.charCodeAt(index + 1))
}
