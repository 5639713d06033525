import { expect, test } from 'vitest'
import { median, monotonicTrend } from './statistics.ts'

test('the median of odd, even and no counts', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0])
})

test('Mann-Kendall and Theil-Sen against values worked out by hand', () => {
  // S = 15, variance = 28.33, z = 14 / 5.323 = 2.630
  expect(monotonicTrend([1, 2, 3, 4, 5, 6]).p).toBeCloseTo(0.00853, 4)
  expect(monotonicTrend([1, 2, 3, 4, 5, 6]).slope).toBe(1)
  // S = 8, ties of 2: variance = (300 - 2 * 18) / 18, z = 7 / 3.830 = 1.828
  expect(monotonicTrend([1, 1, 2, 2, 3]).p).toBeCloseTo(0.0676, 3)
  expect(monotonicTrend([5, 5, 5, 5, 5, 5])).toEqual({ slope: 0, p: 1 })
  expect(monotonicTrend([])).toEqual({ slope: 0, p: 1 })
})
