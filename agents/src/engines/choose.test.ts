import { describe, expect, it } from 'vitest'
import { chooseEngine } from './choose.ts'
import { readClaudeConfig } from './claude/config.ts'

const without = readClaudeConfig({})
const withKey = readClaudeConfig({ ANTHROPIC_API_KEY: 'a-key' })

describe('chooseEngine', () => {
  it('takes Claude when there is something to ask it with', () => {
    expect(chooseEngine('auto', withKey).name).toBe('claude')
    expect(chooseEngine('auto', readClaudeConfig({ ANTHROPIC_AUTH_TOKEN: 'a-token' })).name).toBe('claude')
    expect(chooseEngine('auto', readClaudeConfig({ CLAUDE_PROVIDER: 'bedrock' })).name).toBe('claude')
    expect(chooseEngine('auto', without)).toMatchObject({ name: 'rules', chosen: 'ANTHROPIC_API_KEY is not set' })
  })

  it('does what it is told', () => {
    expect(chooseEngine('rules', withKey)).toMatchObject({ name: 'rules', chosen: '' })
    expect(chooseEngine('claude', withKey).name).toBe('claude')
    expect(() => chooseEngine('claude', without)).toThrow(/needs a key, and ANTHROPIC_API_KEY is not set/)
  })
})

describe('readClaudeConfig', () => {
  it('reads the names that operators use', () => {
    const config = readClaudeConfig({
      ENABLE_LONG_CONTEXT: 'True',
      K8S_ANALYZER_MODEL: 'sonnet',
      ORCHESTRATOR_MODEL: 'haiku',
      CLAUDE_BUDGET_USD: '0.1',
    })
    expect(config).toMatchObject({ longContext: true, budgetUsd: 0.1, deadlineMs: 120_000 })
    expect(config.models).toMatchObject({ orchestrator: 'haiku', agents: { 'k8s-analyzer': 'sonnet' } })
    expect(readClaudeConfig({}).longContext).toBe(false)
  })

  it('names what is wrong, and shows no key', () => {
    expect(() => readClaudeConfig({ ENABLE_LONG_CONTEXT: 'perhaps' })).toThrow(/ENABLE_LONG_CONTEXT: got "perhaps"/)
    expect(() => readClaudeConfig({ ANTHROPIC_API_KEY: 'two words' })).toThrow(
      /ANTHROPIC_API_KEY: got a value not shown/,
    )
    expect(() => readClaudeConfig({ ANTHROPIC_BASE_URL: 'gateway' })).toThrow(/write it like https/)
  })
})
