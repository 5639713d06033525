import { redactDeep } from '@kubevigil/core/redact'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }
let threshold: LogLevel = 'info'

/** Sets the least level that is written; main.ts calls it once with LOG_LEVEL. */
export function setLogLevel(level: LogLevel): void {
  threshold = level
}

/**
 * Writes one JSON line to stderr (stdout belongs to the protocol).
 * @param message static text; what varies goes into `fields`, which are redacted
 */
export function log(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
  if (order[level] < order[threshold]) return
  const line = { time: new Date().toISOString(), level, message, ...(redactDeep(fields) as object) }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}
