import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { estimateTokens } from '../../shared/core/src/tokens.ts'

interface Sample {
  kind: string
  /** Counted with the last Claude vocabulary that was published. */
  tokens: number
  text: string
}

/** Cuttings of recorded clusters as kubectl prints them, and of logs. */
const samples = JSON.parse(readFileSync(join(import.meta.dirname, 'token-samples.json'), 'utf8')) as Sample[]

function off({ text, tokens }: Sample): number {
  return estimateTokens(text) / tokens - 1
}

describe.for([...Map.groupBy(samples, ({ kind }) => kind)])('%s', ([, texts]) => {
  test('each text is estimated within 9 % of what was counted', () => {
    expect(texts.length).toBeGreaterThanOrEqual(5)
    expect(texts.filter((sample) => Math.abs(off(sample)) > 0.09)).toEqual([])
  })

  test('together they are within 5 %', () => {
    const mean = texts.reduce((sum, sample) => sum + off(sample), 0) / texts.length
    expect(Math.abs(mean)).toBeLessThan(0.05)
  })
})

test('a text takes as much as its lines and the breaks between them', () => {
  const { text } = samples[0]!
  const lines = text.split('\n')
  const parts = lines.reduce((sum, line) => sum + estimateTokens(line), 0)
  expect(estimateTokens(text)).toBeCloseTo(parts + 0.3 * (lines.length - 1), 6)
})

test('letters and signs beyond ASCII are not free', () => {
  expect(estimateTokens('служба оплаты')).toBeGreaterThan(10)
  expect(estimateTokens('支付服务中断')).toBeGreaterThan(6)
  expect(estimateTokens('')).toBe(0)
})
