import { estimateTokens, lineBreak } from '@kubevigil/core/tokens'

/** Tokens for a text that grows line by line. */
export interface TokenBudget {
  /** What a line takes. */
  cost: (line: string) => number
  /** Spends tokens when they are there, and says whether they were. A negative number gives back. */
  afford: (tokens: number) => boolean
  /** A share of what is left; what is spent of it is spent of the whole. */
  part: (share: number) => TokenBudget
}

/** @param perEstimate tokens of the model where `estimateTokens` says one */
export function tokenBudget(tokens: number, perEstimate: number, whole?: TokenBudget): TokenBudget {
  let left = tokens
  const budget: TokenBudget = {
    cost: (line) => (estimateTokens(line) + lineBreak) * perEstimate,
    afford(wanted) {
      if (wanted > left || whole?.afford(wanted) === false) return false
      left -= wanted
      return true
    },
    part: (share) => tokenBudget(left * share, perEstimate, budget),
  }
  return budget
}
