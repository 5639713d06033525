import { describe, expect, it, test } from 'vitest'
import { day, hour, humanSpan, minute, parseSpan, second, toInstant, toMillis } from './time.ts'

describe('spans', () => {
  it.each([
    ['0m', 0],
    ['90s', 90 * second],
    ['15m', 15 * minute],
    ['1h30m', 90 * minute],
    ['2d', 2 * day],
    ['1.5h', 1.5 * hour],
  ])('reads %s', (text, millis) => expect(parseSpan(text)).toBe(millis))

  it.each(['', '15', 'm', '-5m', '5 m', '5m foo', '1e9d'])('refuses "%s"', (text) =>
    expect(parseSpan(text)).toBeUndefined(),
  )

  it.each([
    [45 * second, '45s'],
    [119 * second, '119s'],
    [12 * minute, '12m'],
    [3 * hour + 20 * minute, '3h20m'],
    [52 * hour, '2d4h'],
    [-5, '0s'],
  ])('writes %d ms', (millis, text) => expect(humanSpan(millis)).toBe(text))
})

describe('instants', () => {
  it('go there and back to whole seconds', () => {
    expect(toInstant(toMillis('2026-11-21T01:05:00.250Z')!)).toBe('2026-11-21T01:05:00Z')
  })

  it.each([null, undefined, '', 'yesterday'])('are undefined for %s', (text) => expect(toMillis(text)).toBeUndefined())
})

test.for([
  ['2026-11-21T10:00:00Z', Date.UTC(2026, 10, 21, 10)],
  ['2026-11-21T10:00:00.5+02:00', Date.UTC(2026, 10, 21, 8, 0, 0, 500)],
  ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ['2026-11-21', Date.UTC(2026, 10, 21)],
  ['2026-02-30T00:00:00Z', undefined],
  ['2027-02-29', undefined],
  ['web-0', undefined],
  ['2026', undefined],
  ['', undefined],
  [null, undefined],
] as const)('%s is an instant: %s', ([text, millis]) => {
  expect(toMillis(text)).toBe(millis)
})
