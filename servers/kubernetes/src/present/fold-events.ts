import { eventTimes, type KubernetesEvent } from '@kubevigil/core/kubernetes'
import { maskVariables } from '@kubevigil/core/log-patterns'
import { toInstant, toMillis } from '@kubevigil/core/time'
import { safeText } from './text.ts'

/** Events of one object that say the same. */
export interface FoldedEvent {
  type: string
  reason: string
  /** `Kind/namespace/name`; the namespace is empty for cluster-scoped objects. */
  object: string
  /** The latest wording. */
  message: string
  /** Occurrences as the sources counted them, all since the first. */
  count: number
  first: string | null
  last: string | null
  source: string
}

interface Fold {
  event: KubernetesEvent
  count: number
  first: number
  last: number
}

const messageLength = 400
/** Counts come from whoever writes events; beyond this they mean nothing. */
const mostCounted = 1_000_000_000

export interface EventFolder {
  /** Takes an event in; what ended before `since` is passed over. */
  add: (event: KubernetesEvent) => void
  /** The folded events, newest first. */
  result: () => FoldedEvent[]
}

/**
 * Folds events as they stream by, so that ten thousand of them never lie in memory at once: those of one object with one
 * reason, whose messages differ only in numbers and hashes, become one.
 * @param since milliseconds; an event whose last sighting is earlier is left out
 */
export function createEventFolder(since: number): EventFolder {
  const folds = new Map<string, Fold>()
  return {
    add(event) {
      const times = eventTimes(event)
      // An event without any time cannot be told to be old.
      const last = toMillis(times.last) ?? Infinity
      if (last < since) return
      const first = toMillis(times.first) ?? last
      const key = [event.type, event.reason, objectOf(event), maskVariables((event.message ?? '').slice(0, 1000))].join(
        '\u001F',
      )
      const fold = folds.get(key)
      if (fold === undefined) {
        folds.set(key, { event, count: times.count, first, last })
        return
      }
      fold.count += times.count
      fold.first = Math.min(fold.first, first)
      if (last >= fold.last) Object.assign(fold, { event, last })
    },
    result: () => [...folds.values()].sort((a, b) => b.last - a.last).map(toFolded),
  }
}

function toFolded({ event, count, first, last }: Fold): FoldedEvent {
  return {
    type: safeText(event.type ?? '', 40),
    reason: safeText(event.reason ?? '', 128),
    object: safeText(objectOf(event), 400),
    message: safeText(event.message ?? '', messageLength),
    count: Math.min(count, mostCounted),
    first: instant(first),
    last: instant(last),
    source: safeText(event.reportingComponent || event.source?.component || '', 128),
  }
}

function objectOf({ involvedObject }: KubernetesEvent): string {
  return `${involvedObject?.kind ?? ''}/${involvedObject?.namespace ?? ''}/${involvedObject?.name ?? ''}`
}

function instant(millis: number): string | null {
  return Number.isFinite(millis) ? toInstant(millis) : null
}
