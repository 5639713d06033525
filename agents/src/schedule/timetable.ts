import { humanSpan } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { Cron } from 'croner'

/** When runs are due. */
export interface Timetable {
  /** In words, for people. */
  text: string
  /**
   * The moment the next run is due, in milliseconds; in the past when runs were missed, however many.
   * @param lastStart when the last run began; undefined when there was none
   * @param since when the watching began
   */
  dueAfter: (lastStart: number | undefined, since: number) => number
}

/** A run at every interval, counted from start to start; the first at once. */
export function every(intervalMs: number): Timetable {
  return {
    text: `every ${humanSpan(intervalMs)}`,
    dueAfter: (lastStart, since) => (lastStart === undefined ? since : lastStart + intervalMs),
  }
}

/** Runs at the times of a cron expression, in the time zone of the process (TZ). @throws UserError when it is none */
export function cron(expression: string): Timetable {
  let pattern: Cron
  try {
    pattern = new Cron(expression, { paused: true })
  } catch (cause) {
    throw new UserError('usage', `"${expression}" is no cron expression.`, 'Write it like "0 * * * *".', { cause })
  }
  if (pattern.nextRun() === null) throw new UserError('usage', `"${expression}" names no time to come.`, 'Correct it.')
  return {
    text: `cron ${expression}`,
    dueAfter: (lastStart, since) => pattern.nextRun(new Date(lastStart ?? since))?.getTime() ?? Number.MAX_SAFE_INTEGER,
  }
}
