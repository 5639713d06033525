import { UserError } from '@kubevigil/mcp-kit/errors'
import { leaseMs, type DriverStore } from './store.ts'

/**
 * Does the work of a cycle while holding its target, and gives it back.
 * @returns the work's outcome
 * @param work gets a signal that aborts when another driver has the target, because this process was stopped for longer than a lease
 */
export async function holding(
  store: DriverStore,
  target: string,
  work: (signal: AbortSignal) => Promise<string>,
): Promise<string> {
  const lost = new AbortController()
  const heartbeat = setInterval(() => {
    // A busy database is asked again with the next beat; the lease lasts for three.
    try {
      if (!store.keep(target, Date.now()))
        lost.abort(new UserError('lease-lost', 'Another driver took over while this one was stopped.', ''))
    } catch {}
  }, leaseMs / 3)
  let outcome = 'failed'
  try {
    return (outcome = await work(lost.signal))
  } catch (error) {
    if (error instanceof UserError && error.code === 'stopped') outcome = 'stopped'
    throw error
  } finally {
    clearInterval(heartbeat)
    store.release(target, Date.now(), outcome)
  }
}
