import { setTimeout as sleep } from 'node:timers/promises'
import { estimateTokens, tokenFactor } from '@kubevigil/core/tokens'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import type { Budget } from './budget.ts'
import type { MessageCreateParamsNonStreaming, MessagesClient } from './client.ts'
import { explainFailure, notClaude, type Failure } from './errors.ts'

/** The part of an answer that is relied on; blocks of kinds the driver does not know pass through. */
const Answer = z.object({
  content: z.array(z.looseObject({ type: z.string() })),
  stop_reason: z.string().nullable(),
  usage: z.object({
    // A negative count would give back what was spent.
    input_tokens: z.number().min(0),
    output_tokens: z.number().min(0),
    cache_creation_input_tokens: z.number().min(0).nullish(),
    cache_read_input_tokens: z.number().min(0).nullish(),
  }),
})
export type Answer = z.output<typeof Answer>

/** Longest one attempt may take, and longest wait that is granted before the second one. */
const attemptMs = 60_000
const longestWaitMs = 10_000

/**
 * Sends one request within the budget, and once more when the API asks for patience that fits. The SDK's own retries are off:
 * they obey any `retry-after`, an hour too.
 * @throws UserError that says what went wrong, whatever it was
 */
export async function ask(
  client: MessagesClient,
  body: MessageCreateParamsNonStreaming,
  budget: Budget,
  signal: AbortSignal,
): Promise<Answer> {
  const { model, max_tokens: maxOutput } = body
  const estimatedInputTokens = Math.ceil(estimateTokens(JSON.stringify([body.system, body.tools, body.messages])))
  budget.ask(model, Math.ceil(estimatedInputTokens * tokenFactor(model)), maxOutput)
  const attempt = async (): Promise<Answer | Failure> => {
    try {
      const said = Answer.safeParse(await client.messages.create(body, { signal, timeout: attemptMs, maxRetries: 0 }))
      return said.success ? said.data : notClaude(said.error)
    } catch (error) {
      return explainFailure(error, signal)
    }
  }
  let answer = await attempt()
  if ('error' in answer && answer.retryAfterMs !== null && answer.retryAfterMs <= longestWaitMs) {
    await sleep(Math.max(0, answer.retryAfterMs), undefined, { signal }).catch(() => {})
    answer = await attempt()
  }
  if ('error' in answer) throw withWait(answer)
  const { usage } = answer
  const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)
  budget.book({
    model,
    inputTokens: usage.input_tokens + cached,
    outputTokens: usage.output_tokens,
    estimatedInputTokens,
  })
  return answer
}

/** Tells of a wait that was not granted. */
function withWait({ error, retryAfterMs }: Failure): UserError {
  if (retryAfterMs === null || retryAfterMs <= longestWaitMs) return error
  const wait = `It asks to wait ${Math.ceil(retryAfterMs / 1000)} s, which a cycle does not.`
  return new UserError(error.code, `${error.message} ${wait}`, error.hint, { cause: error })
}
