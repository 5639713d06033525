import type { Sev } from '../policy.ts'
import { hour } from '../time.ts'
import type { Look, Sighting, Track } from './series.ts'

/** Test material: hourly looks, numbered from 1, and incidents drawn as one count a look. */
export function hourly(count: number, begin: number): Look[] {
  return Array.from({ length: count }, (_, index) => ({ cycle: index + 1, at: begin + index * hour }))
}

/**
 * An incident whose count at each look is given: 0 is over, null a look that could not see it.
 * @param counts from the first look on
 */
export function drawn(
  counts: readonly (number | null)[],
  looks: readonly Look[],
  rest: Partial<Track> & { sev?: Sev | ((look: number) => Sev) } = {},
): Track {
  const { sev = 'SEV-3', ...fields } = rest
  const sightings: Sighting[] = []
  let openedAt: number | null = null
  for (const [index, count] of counts.entries()) {
    if (count === null || (count === 0 && openedAt === null)) continue
    const kind = count === 0 ? 'over' : openedAt === null ? 'begins' : 'goes on'
    if (kind === 'begins') openedAt = looks[index]!.at
    if (kind === 'over') openedAt = null
    sightings.push({ cycle: looks[index]!.cycle, kind, count, sev: typeof sev === 'string' ? sev : sev(index) })
  }
  return { fingerprint: 'aaaa', party: 'n8n', isP0: false, openedAt, sightings, ...fields }
}
