import { expect, it } from 'vitest'
import { satisfies, type LabelSelector } from './selectors.ts'

const by = (operator: string, key: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, values }],
})

it.each<[LabelSelector, boolean]>([
  [{}, true],
  [{ matchLabels: { app: 'web' } }, true],
  [{ matchLabels: { app: 'db' } }, false],
  [by('In', 'app', 'db', 'web'), true],
  [by('In', 'tier', 'web'), false],
  [by('NotIn', 'app', 'db'), true],
  [by('NotIn', 'app', 'web'), false],
  [by('NotIn', 'tier', 'web'), true],
  [by('Exists', 'app'), true],
  [by('Exists', 'tier'), false],
  [by('DoesNotExist', 'tier'), true],
  [by('DoesNotExist', 'app'), false],
  [by('Like', 'app', 'web'), false],
  [{ matchLabels: { app: 'web' }, ...by('Exists', 'tier') }, false],
])('%o is satisfied by app=web: %s', (selector, expected) => {
  expect(satisfies(selector, { app: 'web' })).toBe(expected)
})
