import type { MetricPoint } from '../anomaly.ts'
import { hour } from '../time.ts'
import { median, type Place } from '../trends/statistics.ts'

/** The median of each hour, at the hour's middle, oldest first. */
export function hourlyMedians(points: readonly MetricPoint[]): MetricPoint[] {
  return [...Map.groupBy(points, ({ at }) => Math.floor(at / hour)).values()].map((own) => ({
    at: (own.at(0)!.at + own.at(-1)!.at) / 2,
    value: median(own.map(({ value }) => value)),
  }))
}

/** A fall is big when it takes this share of the whole range within two hours. */
const bigFall = 0.3

/** Where the course begins anew: the index behind the last big fall, 0 without one. */
export function lastFall(places: readonly Place[]): number {
  return falls(places).at(-1) ?? 0
}

/** The highest place before each big fall, oldest first; several falls in a row are one. */
export function peaks(places: readonly Place[]): Place[] {
  let from = 0
  return falls(places).map((to) => {
    const top = places.slice(from, to).reduce((best, place) => (place.y >= best.y ? place : best))
    from = to
    return top
  })
}

/** Indexes of the lowest places right behind big falls. */
function falls(places: readonly Place[]): number[] {
  const heights = places.map(({ y }) => y)
  const range = Math.max(...heights) - Math.min(...heights)
  const found: number[] = []
  for (let index = 1; index < places.length; index += 1) {
    const before = Math.max(places[index - 1]!.y, places[index - 2]?.y ?? -Infinity)
    if (before - places[index]!.y < bigFall * range || range === 0) continue
    const goesOn = found.at(-1) === index - 1
    if (goesOn && places[index]!.y >= places[index - 1]!.y) continue
    if (goesOn) found.pop()
    found.push(index)
  }
  return found
}
