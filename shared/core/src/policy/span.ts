import { z } from 'zod'
import { parseSpan } from '../time.ts'

/** A span such as `15m`, read into milliseconds. */
export const Span = z.string().transform((text, context) => {
  const millis = parseSpan(text)
  if (millis !== undefined) return millis
  context.addIssue({ code: 'custom', message: `"${text}" is no time span; write it like 0m, 15m, 4h or 1h30m` })
  return z.NEVER
})
