import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'

/**
 * Runs the work now and then at every interval until the signal aborts. Runs never overlap: one that takes longer than the
 * interval is followed by the next at once. A run that fails is logged and the next one comes.
 * @returns the exit status: 0 after an orderly stop
 */
export async function everyInterval(
  intervalMs: number,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<number> {
  while (!signal.aborted) {
    const startedAt = performance.now()
    try {
      await work()
    } catch (error) {
      if (signal.aborted) break
      log('error', 'A cycle failed', { error: describeError(error) })
    }
    const rest = intervalMs - (performance.now() - startedAt)
    await sleep(Math.max(0, rest), undefined, { signal }).catch(() => {})
  }
  return 0
}
