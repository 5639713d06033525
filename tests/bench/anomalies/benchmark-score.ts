/** A series with the stretches that people labelled as anomalous. */
export interface LabelledSeries {
  name: string
  points: readonly { at: number; value: number }[]
  /** First and last index of each stretch, in order. */
  windows: readonly (readonly [number, number])[]
}

/** What a detector said of each point of a series, 0 to 1. */
export interface Scored {
  series: LabelledSeries
  scores: readonly number[]
}

export interface BenchmarkResult {
  /** 0 for a detector that says nothing, 100 for one that sees every stretch at its start and nothing else. */
  score: number
  threshold: number
  found: number
  windows: number
  falseAlarms: number
}

/**
 * The Numenta Anomaly Benchmark's standard profile: a stretch found early earns 1, one missed costs 1, a false alarm costs 0.11
 * (less shortly after a stretch), the first 15 % of a series (750 points at most) count for nothing, and one threshold serves all series.
 * Source: Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms" (2015).
 */
export const standardProfile = { falseAlarm: 0.11, missed: 1 }

/** The best score that one threshold for all series gives. */
export function benchmarkScore(scored: readonly Scored[]): BenchmarkResult {
  const events = scored.flatMap(eventsOf).toSorted((a, b) => b.score - a.score)
  const windows = scored.reduce((sum, { series }) => sum + series.windows.length, 0)
  const earned = new Map<object, number>()
  let [raw, falseAlarms, best] = [-windows * standardProfile.missed, 0, -windows * standardProfile.missed]
  let result = { threshold: 1, found: 0, falseAlarms: 0 }
  for (const [index, { score, worth, window }] of events.entries()) {
    if (window === undefined) {
      raw += worth * standardProfile.falseAlarm
      falseAlarms += 1
    } else {
      const before = earned.get(window) ?? -standardProfile.missed
      if (worth > before) {
        raw += worth - before
        earned.set(window, worth)
      }
    }
    if (raw > best && events[index + 1]?.score !== score) {
      best = raw
      result = { threshold: score, found: earned.size, falseAlarms }
    }
  }
  return { ...result, windows, score: (100 * (best + windows)) / (2 * windows) }
}

interface Event {
  score: number
  /** Of this point as an alarm, before the profile's weights. */
  worth: number
  /** The stretch it lies in; absent for a false alarm. */
  window?: readonly [number, number]
}

function eventsOf({ series: { points, windows }, scores }: Scored): Event[] {
  const probation = Math.floor(0.15 * Math.min(points.length, 5000))
  const events: Event[] = []
  for (let index = probation; index < points.length; index += 1) {
    const score = scores[index] ?? 0
    if (score <= 0) continue
    const window = windows.find(([from, to]) => from <= index && index <= to)
    if (window === undefined) events.push({ score, worth: lateness(index, windows) })
    else {
      const width = window[1] - window[0] + 1
      events.push({ score, window, worth: sigmoid((index - window[1] - 1) / width) / sigmoid(-1) })
    }
  }
  return events
}

/** A false alarm right behind a stretch costs less than one far from any. */
function lateness(index: number, windows: LabelledSeries['windows']): number {
  const before = windows.findLast(([, to]) => to < index)
  if (before === undefined) return -1
  const past = (index - before[1]) / Math.max(1, before[1] - before[0])
  return past > 3 ? -1 : sigmoid(past)
}

function sigmoid(position: number): number {
  return 2 / (1 + Math.exp(5 * position)) - 1
}
