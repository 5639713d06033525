import { expect, test } from 'vitest'
import { forecast, leastHours } from './forecast.ts'
import { courses, makeRun } from './forecast/testing.ts'
import { hour } from './time.ts'

const runs = 60

/** Hourly readings from a function of the hour. */
function hourly(hours: number, value: (index: number) => number) {
  return Array.from({ length: hours }, (_, index) => ({ at: index * hour, value: value(index) }))
}

test.each(courses)('%s: within a factor of two in nine of ten runs', (course) => {
  const good = Array.from({ length: runs }, (_, seed) => makeRun(course, seed + 1)).filter(
    ({ points, limit, left }) => {
      const found = forecast(points, limit)
      if (!found.fills) return false
      const ratio = (found.at - points.at(-1)!.at) / left
      return ratio >= 0.5 && ratio <= 2
    },
  )
  expect(good.length / runs).toBeGreaterThanOrEqual(0.9)
})

test.each(courses)('%s: the interval holds the truth in nine of ten runs', (course) => {
  const good = Array.from({ length: runs }, (_, seed) => makeRun(course, seed + 1)).filter(
    ({ points, limit, left }) => {
      const found = forecast(points, limit)
      const full = points.at(-1)!.at + left
      return found.fills && found.earliest <= full && full <= found.latest
    },
  )
  expect(good.length / runs).toBeGreaterThanOrEqual(0.9)
})

test('a straight line is followed to its limit', () => {
  const found = forecast(
    hourly(48, (index) => index),
    100,
  )
  expect(found).toMatchObject({ fills: true, by: 'hours', rate: 1, n: 48 })
  expect(found.fills && found.at).toBeCloseTo(100 * hour, -4)
})

test.each([
  ['too little history', hourly(leastHours - 1, (index) => index), 100],
  ['too little history', [], 100],
  ['not growing', hourly(48, (index) => 50 + (index % 2)), 100],
  ['not growing', hourly(48, (index) => 50 - index), 100],
  ['not within 90 days', hourly(48, (index) => 10 + index / 1000), 100],
  ['full already', hourly(48, (index) => 60 + index), 100],
])('no forecast: %s', (why, points, limit) => {
  expect(forecast(points, limit)).toMatchObject({ fills: false, why })
})

test('what a cleaner emptied an hour ago is not forecast from before', () => {
  expect(
    forecast(
      hourly(48, (index) => (index < 46 ? 30 + index : 5)),
      100,
    ),
  ).toEqual({
    fills: false,
    why: 'too little history',
    n: 2,
  })
})
