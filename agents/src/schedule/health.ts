import { humanSpan, minute } from '@kubevigil/core/time'
import type { LastRun } from './store.ts'

/** How late a run may begin, and how long it may take, before the watching counts as dead: five deadlines of the model's default. */
const graceMs = 10 * minute

/** Whether somebody watches: the last run began when it should, or is under way for no longer than it may be. */
export function watchHealth({ startedAt, finishedAt, outcome, dueAt, holder }: LastRun, now: number) {
  if (dueAt === undefined) return { healthy: false, text: 'no watch has run here' }
  const last =
    finishedAt === undefined
      ? 'no cycle has ended yet'
      : `the last cycle ended ${humanSpan(now - finishedAt)} ago (${outcome})`
  if (holder !== undefined) {
    const healthy = now - holder.since <= graceMs
    return { healthy, text: `a cycle runs since ${humanSpan(now - holder.since)}; ${last}` }
  }
  const began = startedAt === undefined ? '' : `, the last began ${humanSpan(now - startedAt)} ago`
  if (dueAt > now) return { healthy: true, text: `the next cycle is due in ${humanSpan(dueAt - now)}; ${last}` }
  return { healthy: now - dueAt <= graceMs, text: `a cycle is due since ${humanSpan(now - dueAt)}${began}; ${last}` }
}
