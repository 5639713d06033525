import { expect, test } from 'vitest'
import { anomalyThreshold, newDetector, step, type Detector, type MetricPoint } from './anomaly.ts'
import { replay } from './anomaly/episodes.ts'
import { isAbsent } from './anomaly/gaps.ts'
import { seededRandom } from './anomaly/testing.ts'
import { hour, minute } from './time.ts'

const start = Date.parse('2026-11-02T00:00:00Z')

/** A seeded series: `value` gets the index and a noise between -1 and 1. */
function series(points: number, value: (index: number, noise: number) => number, every = hour): MetricPoint[] {
  const random = seededRandom(7)
  return Array.from({ length: points }, (_, index) => ({
    at: start + index * every,
    value: value(index, 2 * random() - 1),
  }))
}

/** Busy by day, idle by night. */
const daily = (index: number): number => 100 - 60 * Math.cos((2 * Math.PI * index) / 24)
const week = 7 * 24

function kinds(type: 'gauge' | 'counter', points: readonly MetricPoint[]) {
  return replay(type, points).episodes.map(({ kind }) => kind)
}

test('a quiet week with days and nights gives no alarm, nor do two', () => {
  expect(
    kinds(
      'gauge',
      series(2 * week, (index, noise) => daily(index) + 4 * noise),
    ),
  ).toEqual([])
})

test('a spike far beyond its history is one alarm at its first point, with the band it left', () => {
  const points = series(2 * week, (index, noise) => daily(index) + 4 * noise + (index >= 300 && index < 303 ? 400 : 0))
  const { episodes } = replay('gauge', points)
  expect(episodes).toMatchObject([
    { kind: 'high', since: points[300]!.at, until: expect.any(Number), ongoing: false, n: 300 },
  ])
  const [{ value, band, confidence }] = episodes as [(typeof episodes)[0]]
  expect(value).toBeGreaterThan(400)
  expect(band.low).toBeGreaterThan(30)
  expect(band.high).toBeLessThan(170)
  expect(confidence).toBe('high')
})

test('a day without its work is unusual for the hour, though no value is new', () => {
  const points = series(2 * week, (index, noise) => (index >= 276 ? 40 : daily(index)) + 2 * noise)
  const { episodes } = replay('gauge', points)
  expect(episodes).toHaveLength(1)
  expect(['hour', 'level', 'jump']).toContain(episodes[0]!.kind)
  expect(episodes[0]!.since).toBeLessThanOrEqual(points[276 + 12]!.at)
})

test('many small deviations are a new level; noise of the same size is none', () => {
  const shifted = series(3000, (index, noise) => 50 + 10 * noise + (index >= 2000 ? 8 : 0), 5 * minute)
  const { episodes } = replay('gauge', shifted)
  expect(episodes[0]!.since).toBeGreaterThanOrEqual(shifted[2000]!.at)
  expect(episodes[0]!.since).toBeLessThan(shifted[2060]!.at)
  expect(
    kinds(
      'gauge',
      series(3000, (_, noise) => 50 + 10 * noise, 5 * minute),
    ),
  ).toEqual([])
})

test('the restart of a pod is no new level', () => {
  const points = series(2 * week, (index, noise) => (index === 250 ? 20 : 400) + 10 * noise)
  expect(kinds('gauge', points)).not.toContain('level')
})

test('a counter that is reset has not fallen', () => {
  const points = series(2 * week, (index) => 50 * (index < 200 ? index + 1 : index - 199))
  expect(kinds('counter', points)).toEqual([])
  expect(kinds('gauge', points)).not.toEqual([])
})

/** A week of a counter that grows once. */
function restarts(at: number, count: number): MetricPoint[] {
  return series(week, (index) => (index >= at ? count : 0))
}

test('one restart in a quiet week is chance; five in an hour are news', () => {
  expect(kinds('counter', restarts(150, 1))).toEqual([])
  expect(kinds('counter', restarts(150, 5))).toEqual(['high'])
})

test('a reading that was missed makes no counter faster', () => {
  const points = series(week, (index, noise) => 1000 * index + 20 * noise).filter(
    (_, index) => index < 100 || index > 103,
  )
  expect(kinds('counter', points)).toEqual([])
})

test('a line that used to move and stands still is flat; one that never moved is not', () => {
  const frozen = series(2 * week, (index, noise) => (index < 200 ? 50 + 20 * noise : 50))
  const found = kinds('gauge', frozen)
  expect(found).toHaveLength(1)
  expect(['flat', 'calm']).toContain(found[0])
  expect(
    kinds(
      'gauge',
      series(2 * week, () => 50),
    ),
  ).toEqual([])
})

test('nothing is judged while too little is known', () => {
  const { learning, episodes } = replay(
    'gauge',
    series(30, (index) => (index === 20 ? 1e9 : 1)),
  )
  expect({ learning, episodes }).toEqual({ learning: true, episodes: [] })
})

test('the score of a point is news: 0 while an episode goes on, and from the threshold on an alarm', () => {
  const detector = newDetector('gauge')
  const readings = series(week + 24, (index, noise) => 50 + noise + (index >= 120 && index < 125 ? 500 : 0)).map(
    (point) => step(detector, point),
  )
  expect(readings.filter(({ alarm }) => alarm)).toEqual(readings.filter(({ score }) => score >= anomalyThreshold))
  expect(readings.slice(120, 125).map(({ score }) => score > 0)).toEqual([true, false, false, false, false])
  expect(readings[124]!.ongoing).toBe(true)
  expect(readings.at(-1)!.ongoing).toBe(false)
})

test('a detector kept as JSON goes on as if it had never been put away', () => {
  const points = series(2 * week, (index, noise) => daily(index) + 4 * noise + (index === 300 ? 400 : 0))
  let detector = newDetector('gauge')
  const readings = points.map((point) => {
    detector = JSON.parse(JSON.stringify(detector)) as Detector
    return step(detector, point)
  })
  const whole = newDetector('gauge')
  expect(readings).toEqual(points.map((point) => step(whole, point)))
})

test('a series is absent when it is silent for longer than it ever paused, and gone after a day', () => {
  const { gaps } = replay(
    'gauge',
    series(week, () => 1),
  ).detector
  expect([2, 5, 26, 40].map((hours) => isAbsent(gaps, hours * hour))).toEqual([false, true, true, false])
  expect(
    isAbsent(
      replay(
        'gauge',
        series(5, () => 1),
      ).detector.gaps,
      9 * hour,
    ),
  ).toBe(false)
})
