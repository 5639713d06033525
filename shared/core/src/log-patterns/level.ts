export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug'

const words: Record<string, LogLevel> = {
  fatal: 'fatal',
  panic: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  emerg: 'fatal',
  alert: 'fatal',
  error: 'error',
  err: 'error',
  severe: 'error',
  warn: 'warn',
  warning: 'warn',
  notice: 'info',
  info: 'info',
  information: 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
}

/** Where a level stands as a field: `level=error`, `"severity":"ERROR"`. */
const field = /\b(?:level|lvl|severity|loglevel)["']?\s?[=:]\s?["']?([a-z]{3,11})/i
/** Where it stands as a word of its own in front of the message: `ERROR`, `[warn]`, `Error:`. */
const word = /\b(FATAL|PANIC|CRITICAL|CRIT|EMERG|ALERT|ERROR|ERR|SEVERE|WARN|WARNING|NOTICE|INFO|DEBUG|TRACE|VERBOSE)\b/
const bracketed = /[[<(](fatal|panic|critical|crit|emerg|error|err|severe|warn|warning|notice|info|debug|trace)[\])>]/i
/** klog, the log of Kubernetes' own components: `E1121 01:05:31.123456`; variables may be masked. */
const klog = /^([IWEF])(?:\d{4}|<n>) [\d<]/
const klogLevels: Record<string, LogLevel> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' }
/** Words of runtimes that end in an error whatever the level field says. */
const crash =
  /^(?:panic: |fatal error: |thread '[^']*' panicked|Traceback \(most recent call last\)|Unhandled exception|Segmentation fault)/
const exception =
  /^(?:Exception in thread|Caused by: |Uncaught |[\w.$]*(?:Exception|Error)(?:: |$)|(?:error|ERROR|Error)[: ])/

/** The level a log line states, by field, word or the form of its runtime; undefined when it states none. */
export function levelOf(text: string): LogLevel | undefined {
  const head = text.slice(0, 300)
  const stated = field.exec(head)?.[1]?.toLowerCase()
  if (stated !== undefined && stated in words) return words[stated]
  const component = klog.exec(head)?.[1]
  if (component !== undefined) return klogLevels[component]
  if (crash.test(head)) return 'fatal'
  // Far inside a line a capital word is part of the message: `retrying after ERROR 5 times` is no error by itself.
  const front = head.slice(0, 120)
  const near = word.exec(front)?.[1] ?? bracketed.exec(front)?.[1]
  if (near !== undefined) return words[near.toLowerCase()]
  return exception.test(head) ? 'error' : undefined
}
