import { day, parseSpan } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'

const longest = 365 * day

/** A span such as `30m` or `1h` in milliseconds. @throws UserError that names the parameter */
export function readSpan(text: string, parameter: string): number {
  const span = parseSpan(text.trim())
  if (span !== undefined && span >= 1000 && span <= longest) return span
  throw new UserError(
    'span-invalid',
    `${parameter}: "${text.slice(0, 40)}" is no span of time.`,
    'Write it like 90s, 30m, 2h or 1d.',
  )
}
