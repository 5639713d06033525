import { UserError } from '@kubevigil/mcp-kit/errors'
import { costOf } from './prices.ts'

/** What one model took in a cycle. */
export interface ModelUsage {
  model: string
  inputTokens: number
  outputTokens: number
  /** What the input was taken for before it was sent. */
  estimatedInputTokens: number
  costUsd: number
}

export interface Budget {
  /**
   * Asks for a request before it is sent, at the most it could take.
   * @throws UserError when that is more than what is left
   */
  ask: (model: string, inputTokens: number, maxOutputTokens: number) => void
  /** Books what a request took. */
  book: (usage: Omit<ModelUsage, 'costUsd'>) => void
  usage: () => ModelUsage[]
}

/** Opens a cycle's budget in dollars. */
export function openBudget(limitUsd: number): Budget {
  const byModel = new Map<string, ModelUsage>()
  const spent = (): number => [...byModel.values()].reduce((total, { costUsd }) => total + costUsd, 0)
  return {
    ask(model, inputTokens, maxOutputTokens) {
      const most = costOf(model, { input: inputTokens, output: maxOutputTokens })
      if (spent() + most <= limitUsd) return
      throw new UserError(
        'claude-budget',
        `The cycle's budget of $${limitUsd} does not cover the next request: $${spent().toFixed(4)} are spent and it may take $${most.toFixed(4)}.`,
        'Raise CLAUDE_BUDGET_USD or choose a cheaper model.',
      )
    },
    book({ model, inputTokens, outputTokens, estimatedInputTokens }) {
      const costUsd = costOf(model, { input: inputTokens, output: outputTokens })
      const before = byModel.get(model)
      byModel.set(model, {
        model,
        inputTokens: inputTokens + (before?.inputTokens ?? 0),
        outputTokens: outputTokens + (before?.outputTokens ?? 0),
        estimatedInputTokens: estimatedInputTokens + (before?.estimatedInputTokens ?? 0),
        costUsd: costUsd + (before?.costUsd ?? 0),
      })
    },
    usage: () => [...byModel.values()],
  }
}
