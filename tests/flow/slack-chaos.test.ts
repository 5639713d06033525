import { expect, test } from 'vitest'
import { runChaos } from '../bench/slack-chaos.ts'

test(
  'limits, errors, hangs, cut connections and kills: one message each, its last word, no reply lost or doubled',
  { timeout: 240_000 },
  async () => {
    const { once, wrong, kills } = await runChaos({ incidents: 16, channels: 8, kills: 4, seed: 7 })
    expect(wrong).toEqual([])
    expect(once).toBe(16)
    expect(kills).toBeGreaterThan(0)
  },
)
