import { refKey, type Incident, type ObjectRef } from '../incident.ts'
import type { Sev } from '../policy.ts'
import type { RememberedIncident } from '../remember.ts'
import { minute, toMillis } from '../time.ts'

/** After its cause is over, what follows from it gets this long to end by itself before it is told (Alertmanager's group_interval). */
export const settling = 5 * minute

/** An incident that people know of, and what its message stands for. */
export interface Cover {
  fingerprint: string
  title: string
  root: ObjectRef
  sev: Sev
  /** `Kind/namespace/name` of what it says it hits. */
  parts: ReadonlySet<string>
  /** When it was over; null while it lasts. */
  endedAt: number | null
}

/** What a told incident of this look covers. */
export function coverOf({ fingerprint, title, root, members, affected }: Incident, sev: Sev): Cover {
  const parts = new Set([...members.examples, ...affected.map(refKey)])
  return { fingerprint, title, root, sev, parts, endedAt: null }
}

/** What an incident covers that was told earlier and is not seen in this look: still open, over in it, or over lately. */
export function rememberedCover(incident: RememberedIncident, overNow: boolean, now: number): Cover | undefined {
  const { fingerprint, title, root, members, told, resolvedAt } = incident
  if (told === null) return undefined
  const endedAt = toMillis(resolvedAt) ?? (overNow ? now : null)
  if (endedAt !== null && now - endedAt >= settling) return undefined
  return { fingerprint, title, root, sev: told.sev, parts: new Set(members.examples), endedAt }
}

/**
 * The cover that stands for an incident: as grave or graver, and this one's root is its root, one of its parts, or sits on it.
 * A cover that is over holds on for a moment, except for SEV-1: that the cause is gone and a vital service is not is news.
 */
export function coveredBy(
  { fingerprint, root, node }: Incident,
  sev: Sev,
  covers: readonly Cover[],
): (Cover & { relation: 'same' | 'part' | 'node' }) | undefined {
  for (const cover of covers) {
    const holds = cover.endedAt === null || sev !== 'SEV-1'
    if (cover.fingerprint === fingerprint || cover.sev > sev || !holds) continue
    const relation = relate(root, node, cover)
    // What had one guise and has another is the same fault only while the first lasts.
    if (relation !== undefined && !(relation === 'same' && cover.endedAt !== null)) return { ...cover, relation }
  }
  return undefined
}

function relate(root: ObjectRef, node: string | undefined, cover: Cover): 'same' | 'part' | 'node' | undefined {
  // The cluster is at fault in many unlike ways; any other object has one message.
  if (root.kind !== 'Cluster' && refKey(cover.root) === refKey(root)) return 'same'
  if (cover.parts.has(refKey(root))) return 'part'
  return node !== undefined && cover.root.kind === 'Node' && cover.root.name === node ? 'node' : undefined
}
