/** Dollars for a million tokens. */
interface Price {
  input: number
  output: number
  /** Prices of a request whose prompt is longer than `above` tokens. */
  long?: { above: number; input: number; output: number }
}

/** List prices of Anthropic's own API as published in 2026-11; cloud providers and contracts differ. */
const prices: Record<string, Price> = {
  'claude-haiku-5-5': { input: 0.1, output: 0.5, long: { above: 100_000, input: 0.5, output: 2.5 } },
  'claude-haiku-4-5': { input: 1, output: 5 },
  'claude-sonnet-5-5': { input: 2, output: 10 },
  'claude-opus-5-5': { input: 4, output: 20 },
  'claude-fable-5-1': { input: 10, output: 50 },
  'claude-fable-5-2': { input: 8, output: 40 },
}

/** What stands in for a model without a price: the dearest there is, so that a budget holds for it too. */
const dearest = Object.values(prices).reduce((most, price) => (price.output > most.output ? price : most))

/**
 * Dollars a request takes. Cloud names around a model's own (`us.anthropic.claude-haiku-4-5-20251001-v1:0`) are seen through.
 * Cached tokens count as ordinary ones, which is never too little but for writing a cache, and the driver writes none.
 */
export function costOf(model: string, tokens: { input: number; output: number }): number {
  const price = Object.entries(prices).find(([name]) => model.includes(name))?.[1] ?? dearest
  const { input, output } = price.long !== undefined && tokens.input > price.long.above ? price.long : price
  return (tokens.input * input + tokens.output * output) / 1_000_000
}
