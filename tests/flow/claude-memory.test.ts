import { afterEach, describe, expect, it } from 'vitest'
import { claudeEngine } from '../../agents/src/engines/claude/engine.ts'
import type { AskedMessage, Said } from '../../shared/simulator/src/claude.ts'
import { agentOf, diligent, report } from './claude-script.ts'
import { startClaudeWorld, type ClaudeWorld } from './claude-world.ts'

const worlds: ClaudeWorld[] = []
async function open(): Promise<ClaudeWorld> {
  const world = await startClaudeWorld()
  worlds.push(world)
  return world
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
})

describe('what a cycle costs', () => {
  it('is told by model, and remembered', async () => {
    const world = await open()
    const dear = world.config({ ESCALATION_MANAGER_MODEL: 'sonnet', ORCHESTRATOR_MODEL: 'claude-haiku-4-5' })
    world.claude.script = (asked) => ({ ...diligent(asked), usage: { input_tokens: 1000, output_tokens: 100 } })
    const outcome = await world.cycle(claudeEngine(dear), { dryRun: true })
    const models = world.claude.asked.map((asked) => [agentOf(asked), asked.model])
    expect(Object.fromEntries(models)).toEqual({
      'k8s-analyzer': 'claude-haiku-4-5',
      'escalation-manager': 'claude-sonnet-5-5',
      'slack-notifier': 'claude-haiku-4-5',
    })
    expect(outcome.usage).toMatchObject({ inputTokens: 3000, outputTokens: 300 })
    expect(outcome.usage.costUsd).toBeCloseTo(2 * (0.001 + 0.0005) + (0.002 + 0.001), 9)
    expect(outcome.usage.models.map(({ model }) => model)).toEqual(['claude-haiku-4-5', 'claude-sonnet-5-5'])
    expect(outcome.warnings).toEqual([])
  })

  it('is nothing when nothing changed or all is well', async () => {
    const world = await open()
    await world.cycle(claudeEngine(world.config()))
    const asked = world.claude.requests.length
    const second = await world.cycle(claudeEngine(world.config()))
    expect(second).toMatchObject({
      engine: 'claude',
      engineNote: 'nothing changed, so no model was asked',
      usage: { costUsd: 0, inputTokens: 0 },
    })
    expect(world.claude.requests).toHaveLength(asked)
  })
})

const remembering = (asked: AskedMessage): Said =>
  agentOf(asked) === 'escalation-manager'
    ? report(asked, ({ fingerprint }) => ({ fingerprint, raise: null, nextSteps: [], why: '' }), {
        summary: 'The chores-tracker-backend limit is too low since the last sync. The ledger-db lost 4711 rows.',
      })
    : diligent(asked)

describe('ENABLE_LONG_CONTEXT', () => {
  it('keeps a summary that a later conversation begins with', async () => {
    const world = await open()
    world.claude.script = remembering
    const persistent = world.config({ ENABLE_LONG_CONTEXT: 'true' })
    expect((await world.cycle(claudeEngine(persistent))).warnings).toEqual([])
    world.claude.asked.length = 0
    // Another process would read the same: it comes from memory, not from this one.
    await world.read(claudeEngine(persistent))
    const task = JSON.stringify(world.claude.asked[0]?.messages[0])
    expect(task).toContain('limit is too low since the last sync')
    // What it made up does not come back as something remembered.
    expect(task).not.toContain('ledger-db')
  })

  it('is off by itself: what is remembered goes to no model', async () => {
    const world = await open()
    world.claude.script = remembering
    await world.cycle(claudeEngine(world.config()))
    world.claude.asked.length = 0
    await world.read(claudeEngine(world.config()))
    expect(JSON.stringify(world.claude.asked)).not.toContain('remembered>')
  })
})
