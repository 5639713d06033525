import type { Subagent } from '../../subagents.ts'

/** The names Claude Code's subagents use for whole families of models. */
const aliases: Record<string, string> = {
  haiku: 'claude-haiku-5-5',
  sonnet: 'claude-sonnet-5-5',
  opus: 'claude-opus-5-5',
}
const defaultModel = 'claude-haiku-5-5'

/** Which model the operator wants for whom. */
export interface ModelChoice {
  /** By subagent name. */
  agents: Readonly<Record<string, string | undefined>>
  /** For every subagent that has none of its own. */
  orchestrator: string | undefined
}

/** The model of a subagent: the operator's for it, the operator's for all, its file's, the default. */
export function modelOf({ name, model }: Pick<Subagent, 'name' | 'model'>, choice: ModelChoice): string {
  const wanted = choice.agents[name] ?? choice.orchestrator ?? (model === 'inherit' ? defaultModel : model)
  return aliases[wanted] ?? wanted
}
