import type { Rollout } from '../change.ts'
import { toMillis } from '../time.ts'
import { syncName, type Placement } from './anchor.ts'
import type { CandidateChange } from './candidate.ts'

/** Most a change can score whatever speaks for it, when something speaks for another cause. */
const caps = { knownBefore: 0.2, wide: 0.3, ranBefore: 0.4 }
/** Namespaces failing at once from which a change of one workload is an unlikely cause. */
const manyNamespaces = 3

/** The most a change may score when something speaks for another cause, and why. */
export interface Cap {
  value: number
  reason: string
}

/** A cap that holds for all changes of an incident; undefined when none does. */
export function incidentCap({
  knownBefore,
  spread,
}: {
  knownBefore?: boolean
  spread: { namespaces: number; nodeWide: boolean }
}): Cap | undefined {
  if (knownBefore === true)
    return {
      value: caps.knownBefore,
      reason: `capped at ${caps.knownBefore}: the same failure was known before this change`,
    }
  if (spread.nodeWide)
    return { value: caps.wide, reason: `capped at ${caps.wide}: the whole node fails, not this workload alone` }
  if (spread.namespaces < manyNamespaces) return undefined
  return { value: caps.wide, reason: `capped at ${caps.wide}: ${spread.namespaces} namespaces fail at once` }
}

/**
 * The cap of a change that was in the cluster before a sync that came between it and the onset: it is older than that sync, and not
 * among what the sync brought.
 * @param read revisions of syncs whose content is known
 */
export function ranBeforeCap(
  { builtInto }: CandidateChange,
  { at, sync }: Placement,
  rollouts: readonly Rollout[],
  onset: number,
  read: ReadonlySet<string>,
): Cap | undefined {
  if (sync !== undefined || builtInto !== undefined) return undefined
  const isOlder = rollouts.some((other) => {
    const time = toMillis(other.time) ?? Infinity
    return syncName(other) !== undefined && read.has(other.revision) && time > at && time <= onset
  })
  if (!isOlder) return undefined
  return {
    value: caps.ranBefore,
    reason: `capped at ${caps.ranBefore}: it ran already before the last sync, and the failure began after that`,
  }
}
