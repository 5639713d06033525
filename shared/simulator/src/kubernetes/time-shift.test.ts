import { describe, expect, test } from 'vitest'
import { age, humanDuration } from './duration.ts'
import { shiftDump, loadDump } from './dump.ts'
import { shiftText, shiftTimes } from './time-shift.ts'

describe('shiftText', () => {
  test('moves every time in a text and keeps fraction and zone as they are written', () => {
    const log = '2026-11-21T01:05:31.774000000Z ts=2026-11-21T23:59:59Z at=2026-11-21T01:00:00.5+02:00 n=5\n'
    expect(shiftText(log, 61)).toBe(
      '2026-11-21T01:06:32.774000000Z ts=2026-11-22T00:01:00Z at=2026-11-21T01:01:01.5+02:00 n=5\n',
    )
  })

  test('leaves other texts alone', () => {
    for (const text of ['1.2.3', '2026-11-21', 'T', '2026-13-41T99:99:99Z']) expect(shiftText(text, 5)).toBe(text)
  })
})

test('shiftTimes moves times at any depth, null and numbers stay', () => {
  const event = { eventTime: null, count: 3, series: { lastObservedTime: '2026-11-21T00:00:00.897130Z' }, list: ['x'] }
  const shifted = { ...event, series: { lastObservedTime: '2026-11-21T01:00:00.897130Z' } }
  expect(shiftTimes(event, 3600)).toEqual(shifted)
})

test('a shifted dump keeps every distance between its times', async () => {
  const dump = await loadDump('mixed')
  const later = shiftDump(dump, Date.parse(dump.takenAt) + 3_600_400)
  expect(later.takenAt).toBe('2026-11-21T02:07:36Z')
  const created = (of: typeof dump): number[] =>
    (of.lists['/api/v1/pods']?.items ?? []).map(
      (pod) => Date.parse(of.takenAt) - Date.parse(String(pod.metadata.creationTimestamp)),
    )
  expect(created(later)).toEqual(created(dump))
  const key = 'payments/ledger-795946548f-hjm27/app'
  expect(later.logs?.[key]).toContain('ts=2026-11-21T02:05:39Z')
})

test.each([
  [-5000, '<invalid>'],
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [409_000, '6m49s'],
  [3_599_000, '59m'],
  [10_800_000, '3h'],
  [11_100_000, '3h5m'],
  [30 * 3_600_000, '30h'],
  [170 * 3_600_000, '7d2h'],
  [400 * 86_400_000, '400d'],
  [1000 * 86_400_000, '2y270d'],
  [9 * 365 * 86_400_000, '9y'],
])('humanDuration(%i) is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text)
})

test('the age of nothing is unknown', () => {
  expect(age('', 0)).toBe('<unknown>')
})
