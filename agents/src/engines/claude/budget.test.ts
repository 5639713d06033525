import { describe, expect, it } from 'vitest'
import { openBudget } from './budget.ts'
import { costOf } from './prices.ts'
import { modelOf } from './models.ts'

const million = { input: 1_000_000, output: 1_000_000 }

describe('costOf', () => {
  it('takes list prices, the longer prompt at its own', () => {
    expect(costOf('claude-haiku-4-5', million)).toBeCloseTo(6)
    expect(costOf('claude-haiku-5-5', { input: 100_000, output: 1000 })).toBeCloseTo(0.0105)
    expect(costOf('claude-haiku-5-5', { input: 100_001, output: 1000 })).toBeCloseTo(0.0525, 4)
  })

  it('sees through the names of clouds', () => {
    expect(costOf('us.anthropic.claude-haiku-4-5-20251001-v1:0', million)).toBeCloseTo(6)
    expect(costOf('claude-sonnet-5-5@20260901', million)).toBeCloseTo(12)
  })

  it('takes a model it does not know for the dearest', () => {
    expect(costOf('claude-next', million)).toBe(60)
  })
})

describe('a budget', () => {
  it('is asked for the most a request may take, before it is sent', () => {
    const budget = openBudget(0.01)
    expect(() => budget.ask('claude-haiku-5-5', 10_000, 8000)).not.toThrow()
    expect(() => budget.ask('claude-next', 10_000, 8000)).toThrow(/\$0\.01 does not cover.*\$0\.5000/)
  })

  it('counts what was taken, by model', () => {
    const budget = openBudget(0.01)
    const taken = { model: 'claude-haiku-5-5', inputTokens: 40_000, outputTokens: 2000, estimatedInputTokens: 45_000 }
    budget.book(taken)
    budget.book(taken)
    expect(budget.usage()).toEqual([
      {
        model: 'claude-haiku-5-5',
        inputTokens: 80_000,
        outputTokens: 4000,
        estimatedInputTokens: 90_000,
        costUsd: expect.closeTo(0.01) as number,
      },
    ])
    expect(() => budget.ask('claude-haiku-5-5', 1, 1)).toThrow(/\$0\.0100 are spent/)
  })
})

describe('modelOf', () => {
  const file = { name: 'k8s-analyzer', model: 'haiku' }

  it('is the one for the subagent, then for all, then its file, then the default', () => {
    const own = { agents: { 'k8s-analyzer': 'claude-opus-5-5' }, orchestrator: 'sonnet' }
    expect(modelOf(file, own)).toBe('claude-opus-5-5')
    expect(modelOf({ ...file, name: 'slack-notifier' }, own)).toBe('claude-sonnet-5-5')
    expect(modelOf(file, { agents: {}, orchestrator: undefined })).toBe('claude-haiku-5-5')
    expect(modelOf({ ...file, model: 'inherit' }, { agents: {}, orchestrator: undefined })).toBe('claude-haiku-5-5')
  })
})
