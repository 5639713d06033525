import { normal, seededRandom } from '../../../shared/core/src/anomaly/testing.ts'
import type { LabelledSeries } from './benchmark-score.ts'
import { families, type Tools } from './families.ts'

/** One series of each family; equal seeds give equal series. A series' stretches take a tenth of it together, centred on what is anomalous. */
export function madeSeries(seed: number): LabelledSeries[] {
  return families.map((family, number) => {
    const random = seededRandom(seed * 1000 + number)
    const starts = family.starts.map((share) => Math.round((share + 0.02 * (random() - 0.5)) * family.points))
    let level = 0
    const tools: Tools = {
      random,
      normal: () => normal(random),
      during: (index, points) => starts.some((start) => index >= start && index < start + points),
      wander: () => (level = 0.995 * level + 0.4 * normal(random)),
      which: (index) => starts.findLastIndex((start) => index >= start),
    }
    const points = Array.from({ length: family.points }, (_, index) => ({
      at: Date.UTC(2026, 0, 5) + index * family.minutes * 60_000,
      value: family.value(index, tools),
    }))
    const half = Math.floor((0.1 * family.points) / Math.max(1, starts.length) / 2)
    const windows = starts.map((start) => [start - half, Math.min(start + half, family.points - 1)] as const)
    return { name: family.name, points, windows }
  })
}
