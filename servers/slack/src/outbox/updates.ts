import type { Notification, NotificationForm } from '@kubevigil/core/notification'
import { day, minute, toMillis } from '@kubevigil/core/time'
import type { Sql } from '@kubevigil/store/open'
import type { IncidentRow } from './incident-rows.ts'

/*
 * What lasts is said again with the same facts, so facts cannot tell a second time from the first asked for twice (a caller that died
 * before it noted the answer). Time can: whoever decides the cadence says when the next words come, and until then it is the same one.
 * The moment is noted in the transaction that queues the words, so a crash leaves both or neither.
 */

/** How long one form counts as the same when nobody says when the next comes; below the shortest cadence, 15 minutes. */
const unpromisedMs = 10 * minute
/** A promise further ahead is a mistake: it would silence an incident. */
const mostAheadMs = day

/**
 * Whether a notification of an open incident asks for words beyond what its facts differ in, and is not one that was asked for before.
 * The whole message asked for again, once the promised moment is past, is such a one too: callers that decide nothing promise nothing.
 */
export function isDue(row: IncidentRow, before: Notification, after: Notification, now: number): boolean {
  if (after.form === 'full') return row.update_due > 0 && now >= row.update_due
  if (after.form === 'escalation') return now >= row.escalation_due
  return now >= row.update_due || beginsToFlap(before, after)
}

/** That an incident comes and goes is said when it begins, whatever was promised. */
function beginsToFlap(before: Notification, after: Notification): boolean {
  return after.state === 'flapping' && before.state !== 'flapping'
}

/**
 * Notes when the next words come. A plain change counts as an update where it says when the next one is due.
 * @param nextUpdate ISO instant, as the cadence was decided
 */
export function promise(
  sql: Sql,
  row: IncidentRow,
  form: NotificationForm,
  nextUpdate: string | null,
  now: number,
): void {
  const said = toMillis(nextUpdate)
  if (form === 'full' && said === undefined) return
  const until = said === undefined || said <= now ? now + unpromisedMs : Math.min(said, now + mostAheadMs)
  const column = form === 'escalation' ? ', escalation_due = @until' : ''
  sql.run(`UPDATE incident SET update_due = @until${column} WHERE fingerprint = @fingerprint`, {
    until,
    fingerprint: row.fingerprint,
  })
}
