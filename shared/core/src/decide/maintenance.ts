import type { ObjectRef } from '../incident.ts'
import type { MaintenanceWindow } from '../policy/maintenance.ts'
import { matches, selects } from '../policy/selector.ts'
import { toMillis } from '../time.ts'
import { endsAt } from './calendar.ts'

/** What a window's selectors are asked about. */
export interface WindowSubject {
  cluster: string
  /** The object at fault: a window about it covers what follows from it, and one about what follows does not cover the cause. */
  root: ObjectRef
  /** The service the root belongs to, if the catalog names one. */
  service: string | undefined
}

/** The window that holds for an incident now, the one that ends last; undefined when none does. */
export function windowOver(
  windows: readonly MaintenanceWindow[],
  subject: WindowSubject,
  now: number,
): { reason: string; until: number } | undefined {
  const open = windows.flatMap((window) => {
    const until = endOf(window, now)
    return until !== undefined && isAbout(window, subject) ? [{ reason: window.reason, until }] : []
  })
  return open.sort((a, b) => b.until - a.until)[0]
}

function endOf(window: MaintenanceWindow, now: number): number | undefined {
  if ('days' in window) return endsAt(window, now)
  const until = toMillis(window.to)!
  return toMillis(window.from)! <= now && now < until ? until : undefined
}

function isAbout({ selectors }: MaintenanceWindow, { cluster, root, service }: WindowSubject): boolean {
  return selectors.some(
    (selector) =>
      matches(selector.cluster, cluster) &&
      (selector.service === undefined || (service !== undefined && matches(selector.service, service))) &&
      selects(selector, root),
  )
}
