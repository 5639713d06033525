import { minute, second, toInstant } from '@kubevigil/core/time'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import { holding } from './lease.ts'
import type { DriverStore, Holder } from './store.ts'
import type { Timetable } from './timetable.ts'

export interface Watch {
  store: DriverStore
  /** What is watched: drivers of the same target take turns. */
  target: string
  timetable: Timetable
  /** Ends the watching; a run under way ends by itself. */
  stopping: AbortSignal
  /** One run. Gives its outcome in a word. */
  work: (signal: AbortSignal) => Promise<string>
}

/** How often a target is looked at that another driver holds; and the longest sleep, because clocks jump when machines sleep. */
const lookAgainMs = 5 * second
const longestSleepMs = minute

/**
 * Runs the work whenever it is due until it is told to stop. Runs never overlap, here or in another process; those that were missed
 * are made up for by one; one that fails is logged and the next one comes.
 */
export async function watch({ store, target, timetable, stopping, work }: Watch): Promise<void> {
  const since = Date.now()
  let announced = 0
  let waitedFor = ''
  while (!stopping.aborted) {
    const { startedAt } = store.lastRun(target, Date.now())
    const due = timetable.dueAfter(startedAt, since)
    store.expect(target, due)
    const wait = due - Date.now()
    if (wait > 0) {
      if (due !== announced) log('info', 'Waiting for the next cycle', { at: toInstant(due), schedule: timetable.text })
      announced = due
      await rest(Math.min(wait, longestSleepMs), stopping)
      continue
    }
    const turn = store.take(target, Date.now(), (last) => timetable.dueAfter(last, since) <= Date.now())
    if (turn.state === 'held') {
      if (turn.holder.who !== waitedFor) tellHolder(turn.holder)
      waitedFor = turn.holder.who
      await rest(lookAgainMs, stopping)
    }
    if (turn.state !== 'taken') continue
    try {
      await holding(store, target, work)
    } catch (error) {
      if (stopping.aborted) return
      log('error', 'A cycle failed', { error: describeError(error) })
    }
  }
}

function tellHolder({ who, since }: Holder): void {
  log('info', 'Another driver is in a cycle; waiting for it', { holder: who, since: toInstant(since) })
}

/** Waits, at most until the watching ends. */
function rest(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    stopping.addEventListener('abort', wake)
  })
}
