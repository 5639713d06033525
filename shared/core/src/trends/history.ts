import type { Point, Track } from './series.ts'
import { day, humanSpan } from '../time.ts'
import type { TrendVerdict } from './verdict.ts'

/** Episodes that make an incident a recurring one, and the time they must lie in. */
const leastEpisodes = 3
const recurringWithin = 7 * day
/** Looks in a row without it before its return is another episode. */
const leastGap = 2
const chronicAfter = day
const mostNamed = 10

/** What keeps coming back: three or more episodes of one incident in seven days. */
export function recurring(
  tracks: readonly { track: Track; points: readonly Point[] }[],
  now: number,
): TrendVerdict | undefined {
  const found = tracks
    .map(({ track, points }) => ({ name: track.fingerprint, episodes: episodesIn(points, now - recurringWithin) }))
    .filter(({ episodes }) => episodes >= leastEpisodes)
    .sort((a, b) => b.episodes - a.episodes)
  if (found.length === 0) return undefined
  const most = found[0]!.episodes
  return {
    verdict: 'recurring',
    confidence: most > 2 * leastEpisodes ? 'high' : most > leastEpisodes ? 'medium' : 'low',
    why: `${most} episodes within seven days${found.length > 1 ? `, and ${found.length - 1} more incidents keep coming back` : ''}.`,
    numbers: { episodes: most, incidents: found.length },
    about: found.slice(0, mostNamed).map(({ name }) => name),
  }
}

/** Episodes that matter: a blip, which only one look saw and only as SEV-4, is none. */
function episodesIn(points: readonly Point[], from: number): number {
  let episodes = 0
  let looks = 0
  let grave = false
  let gap = leastGap
  for (const { at, sev, count } of points) {
    if (at < from) continue
    if (count === 0) {
      gap++
      continue
    }
    if (gap >= leastGap) {
      looks = 0
      grave = false
    }
    const counted = grave || looks > 1
    gap = 0
    looks++
    grave ||= sev !== null && sev < 'SEV-4'
    if (!counted && (grave || looks > 1)) episodes++
  }
  return episodes
}

/** What stays: open for more than a day. */
export function chronic(
  tracks: readonly { track: Track; points: readonly Point[] }[],
  now: number,
): TrendVerdict | undefined {
  const found = tracks
    .filter(({ track }) => track.openedAt !== null && now - track.openedAt > chronicAfter)
    .sort((a, b) => a.track.openedAt! - b.track.openedAt!)
  const [oldest] = found
  if (oldest === undefined) return undefined
  const openedAt = oldest.track.openedAt!
  const since = oldest.points.filter((point) => point.at >= openedAt)
  const seen = since.filter((point) => point.seen).length
  const age = now - openedAt
  return {
    verdict: 'chronic',
    confidence: 2 * seen > since.length ? 'high' : seen > 0 ? 'medium' : 'low',
    why: `Open for ${humanSpan(age)}${found.length > 1 ? `, and ${found.length - 1} more for over a day` : ''}.`,
    numbers: { hours: Math.floor(age / 3_600_000), incidents: found.length, looks: since.length, looksThatSawIt: seen },
    about: found.slice(0, mostNamed).map(({ track }) => track.fingerprint),
  }
}
