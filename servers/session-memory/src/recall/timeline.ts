import type { IncidentState } from '@kubevigil/core/assessment'
import { clip } from '@kubevigil/core/budget'
import type { Sev } from '@kubevigil/core/policy'
import type { History } from '../store/timeline.ts'

/** One thing that happened to an incident. */
export interface Entry {
  at: string
  cycle: number
  kind: 'state' | 'decision' | 'message' | 'person'
  text: string
}

export interface Episode {
  openedAt: string
  resolvedAt: string | null
  /** The gravest it was. */
  sev: Sev
}

const order: Record<Entry['kind'], number> = { state: 0, decision: 1, message: 2, person: 3 }

/** What happened to an incident in one list, oldest first. Within a cycle: what was seen, decided and told, then what people said. */
export function timelineOf({ sightings, decisions, events }: History): Entry[] {
  const channels = new Map(decisions.map(({ cycle, channel }) => [cycle, channel]))
  const entries = [
    ...sightings
      .filter(({ state }) => state !== 'ongoing')
      .map(({ cycle, at, state, sev, members }): Entry => ({
        at,
        cycle,
        kind: 'state',
        text: wordsOf(state, sev, members),
      })),
    ...decisions.map(({ cycle, at, notify, form, reasons }): Entry => ({
      at,
      cycle,
      kind: 'decision',
      text: clip(`${notify ? `tell (${form ?? 'full'})` : 'do not tell'}: ${reasons.join('; ')}`, 400),
    })),
    ...sightings.flatMap(({ cycle, at, delivery, sev }): Entry[] => {
      const channel = channels.get(cycle)
      if (delivery === null) return []
      return [{ at, cycle, kind: 'message', text: `${delivery}${channel ? ` to ${channel}` : ''} as ${sev}` }]
    }),
    ...events.map(({ cycle, at, action, by, note, until }): Entry => ({
      at,
      cycle,
      kind: 'person',
      text: clip(`${action} by ${by}${until === null ? '' : ` until ${until}`}${note === '' ? '' : `: ${note}`}`, 600),
    })),
  ]
  return entries.sort((a, b) => a.cycle - b.cycle || order[a.kind] - order[b.kind])
}

function wordsOf(state: IncidentState, sev: Sev, members: number): string {
  if (state === 'resolved') return `resolved, was ${sev}`
  return state === 'flapping' && members === 0 ? 'flapping: away' : `${state}: ${sev}, ${members} affected`
}

/** When an incident was open: from a sighting that begins it to the look, or the person, that ended it. */
export function episodesOf({ sightings, events }: History): Episode[] {
  const marks = [
    ...sightings,
    ...events
      .filter(({ action }) => action === 'resolve')
      // A person speaks after the cycle that was newest then.
      .map(({ cycle, at }) => ({ cycle: cycle + 0.5, at, state: 'resolved' as const, sev: 'SEV-4' as const })),
  ].sort((a, b) => a.cycle - b.cycle)
  const episodes: Episode[] = []
  for (const { at, state, sev } of marks) {
    const last = episodes.at(-1)
    const open = last !== undefined && last.resolvedAt === null
    if (state === 'resolved') {
      if (open) last.resolvedAt = at
    } else if (!open || state === 'new' || state === 'reopened') episodes.push({ openedAt: at, resolvedAt: null, sev })
    else if (sev < last.sev) last.sev = sev
  }
  return episodes
}
