import type { Sev } from '../policy.ts'

/** One recorded cycle. */
export interface Look {
  cycle: number
  /** Milliseconds since the epoch. */
  at: number
}

/** What is known of one incident over many looks. */
export interface Track {
  fingerprint: string
  /** The service, or the workload where the catalog names none: what flaps is a service and not each of its faults. */
  party: string
  isP0: boolean
  /** When the episode began that is open now; null when none is. */
  openedAt: number | null
  /** Oldest first. */
  sightings: readonly Sighting[]
}

export interface Sighting {
  cycle: number
  kind: 'begins' | 'goes on' | 'over'
  sev: Sev
  /** Objects it affects. */
  count: number
}

/** Where a scope stood at one look. */
export interface Point {
  at: number
  count: number
  /** The gravest that is open; null when nothing is. */
  sev: Sev | null
  /** A P0 service is hit. */
  p0: boolean
  /** False when it is only still open from an earlier look. */
  seen: boolean
}

/**
 * One incident look by look. Between sightings it stands as it was last seen, until a look or a person ended it: a look that could
 * not see it shows no recovery. One that was open before the first look stands there as first seen.
 */
export function pointsOf(track: Track, looks: readonly Look[]): Point[] {
  const { sightings, isP0 } = track
  const first = sightings[0]
  let standing = first === undefined || first.kind === 'begins' ? undefined : first
  let next = 0
  return looks.map(({ cycle, at }) => {
    let seen = false
    for (; next < sightings.length && sightings[next]!.cycle <= cycle; next++) {
      const sighting = sightings[next]!
      seen = sighting.kind !== 'over'
      standing = seen ? sighting : undefined
    }
    if (standing === undefined) return { at, count: 0, sev: null, p0: false, seen: false }
    return { at, count: Math.max(1, standing.count), sev: standing.sev, p0: isP0, seen }
  })
}

/** Several incidents as one: counts add up, the gravest SEV stands. */
export function total(series: readonly (readonly Point[])[], looks: readonly Look[]): Point[] {
  const sum = looks.map(({ at }): Point => ({ at, count: 0, sev: null, p0: false, seen: false }))
  for (const points of series) {
    for (const [index, { count, sev, p0, seen }] of points.entries()) {
      const into = sum[index]!
      into.count += count
      if (sev !== null && (into.sev === null || sev < into.sev)) into.sev = sev
      into.p0 ||= p0
      into.seen ||= seen
    }
  }
  return sum
}
