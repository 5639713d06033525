import { tokenFactor } from '@kubevigil/core/tokens'
import type { Sql } from '@kubevigil/store/open'

/** What one model call took against what was estimated for it. */
export interface ModelUsage {
  model: string
  /** All input the API counted, cached or not. */
  inputTokens: number
  /** `estimateTokens` of the same input, before any factor. */
  estimatedInputTokens: number
}

/** A short call says more of the API's own overhead than of the vocabulary. */
const leastEstimate = 500
/** Beyond this, the estimate was of something else. */
const plausible = { least: 0.3, most: 4 }
/** Weight of one call once the first few are averaged. */
const weight = 0.2

/** Learns from a call: the mean of the first calls, then an exponentially weighted one, so that it follows a change of vocabulary. */
export function learnTokens(sql: Sql, { model, inputTokens, estimatedInputTokens }: ModelUsage, at: string): void {
  const ratio = inputTokens / estimatedInputTokens
  if (estimatedInputTokens < leastEstimate || ratio < plausible.least || ratio > plausible.most) return
  sql.run(
    `INSERT INTO model_tokens (model, ratio, calls, updated_at) VALUES (@model, @ratio, 1, @at)
     ON CONFLICT (model) DO UPDATE SET
       ratio = ratio + max(1.0 / (calls + 1), @weight) * (@ratio - ratio), calls = calls + 1, updated_at = @at`,
    { model, ratio, weight, at },
  )
}

/** Tokens a model takes where one is estimated: as measured, else as its version suggests. */
export function tokensPerEstimate(sql: Sql, model: string | undefined): number {
  const row = sql.get<{ ratio: number }>('SELECT ratio FROM model_tokens WHERE model = ?', model ?? '')
  return row?.ratio ?? tokenFactor(model)
}
