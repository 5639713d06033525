import { describe, expect, test } from 'vitest'
import { parseLabelSelector } from './label-selector.ts'

const labels = { app: 'web', tier: 'front', 'example.com/weight': '7', empty: '' }

describe('parseLabelSelector', () => {
  test.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['!nope', true],
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['nope!=anything', true],
    ['app in (web, api)', true],
    ['app in (api)', false],
    ['nope in (web)', false],
    ['app notin (api,web)', false],
    ['nope notin (web)', true],
    ['example.com/weight>5', true],
    ['example.com/weight<5', false],
    ['example.com/weight gt 6', true],
    ['app>1', false],
    ['empty=', true],
    ['empty in ()', true],
    [' app = web , !nope ', true],
  ])('%s', (selector, matches) => {
    expect(parseLabelSelector(selector)(labels)).toBe(matches)
  })

  test.each([
    ['app inn (x)', "found 'inn', expected: in, notin, =, ==, !=, gt, lt"],
    ['app in x', "found 'x' expected: '('"],
    ['app in (x', "found '', expected: ',' or ')'"],
    ['app=web,', "found '', expected: identifier after ','"],
    ['app=web tier', "found 'tier', expected: ',' or 'end of string'"],
    ['=web', "found '=', expected: !, identifier, or 'end of string'"],
    ['app>many', "for 'Gt', 'Lt' operators, the value must be an integer"],
    ['-app=web', 'name part must consist of alphanumeric characters'],
  ])('refuses %s', (selector, words) => {
    expect(() => parseLabelSelector(selector)).toThrow(words)
  })
})
