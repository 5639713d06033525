import { UserError } from '@kubevigil/mcp-kit/errors'
import { hasAccess, type ClaudeConfig } from './claude/config.ts'
import { claudeEngine } from './claude/engine.ts'
import type { Engine } from './engine.ts'
import { rulesEngine } from './rules.ts'

export const engineNames = ['auto', 'rules', 'claude'] as const
export type EngineName = (typeof engineNames)[number]

/**
 * The engine of a run: `auto` takes Claude when there is a key for it.
 * @throws UserError when Claude is wanted by name and there is no key
 */
export function chooseEngine(wanted: EngineName, config: ClaudeConfig): Engine {
  if (wanted === 'rules') return rulesEngine()
  if (hasAccess(config)) return claudeEngine(config)
  if (wanted === 'auto') return rulesEngine('ANTHROPIC_API_KEY is not set')
  throw new UserError(
    'no-key',
    'The engine claude needs a key, and ANTHROPIC_API_KEY is not set.',
    'Set it, or take --engine rules.',
  )
}
