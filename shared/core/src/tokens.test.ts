import { expect, test } from 'vitest'
import { estimateTokens, lineBreak, tokenFactor } from './tokens.ts'

test.for([
  ['claude-3-5-sonnet-20241022', 1],
  ['claude-sonnet-4-20250514', 1],
  ['claude-haiku-4-5', 1],
  ['claude-opus-4-6', 1],
  ['claude-opus-4-7', 1.35],
  ['claude-sonnet-5-5', 1.35],
  ['claude-fable-5-2', 1.35],
  ['anthropic.claude-opus-4-10', 1.35],
  ['some-other-model', 1.35],
  [undefined, 1.35],
] as const)('%s takes %d times the estimate', ([model, factor]) => {
  expect(tokenFactor(model)).toBe(factor)
})

test('an estimate adds up line by line', () => {
  const lines = ['NAME      READY   STATUS', 'mysql-0   0/1     CrashLoopBackOff', '', '{"a":[1,2,3]}']
  const sum = lines.reduce((total, line) => total + estimateTokens(line), 0) + 3 * lineBreak
  expect(estimateTokens(lines.join('\n'))).toBeCloseTo(sum, 6)
  expect(estimateTokens('')).toBe(0)
})
