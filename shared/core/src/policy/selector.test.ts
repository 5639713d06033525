import { expect, test } from 'vitest'
import { matches } from './selector.ts'

test.for<[string | undefined, string, boolean]>([
  [undefined, 'shop', true],
  ['shop', 'shop', true],
  ['shop', 'shop-2', false],
  ['*', '', true],
  ['shop-*', 'shop-web', true],
  ['shop-*', 'shop', false],
  ['*-web', 'shop-web', true],
  ['*-web', 'web', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*b*b', 'ab', false],
  ['s*p*-*b', 'shop-web', true],
  ['s*x*b', 'shop-web', false],
  ['a.b*', 'axb', false],
  ['', 'shop', false],
])('%s and %s: %s', ([pattern, text, expected]) => {
  expect(matches(pattern, text)).toBe(expected)
})

test('a pattern of many stars is soon told from a long name', () => {
  expect(matches('*a*a*a*a*a*a*a*a*b', 'a'.repeat(10_000))).toBe(false)
})
