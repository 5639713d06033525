import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { contextText } from '../../servers/session-memory/src/recall/context-text.ts'
import { partOf } from '../../servers/session-memory/src/recall/parts.ts'
import { findBrokenContext, now, overview, trends } from './memory-histories.ts'

// `pnpm bench --only memory` does the same with 10,000.
test('random histories: never over the budget, never without an open SEV-1 or SEV-2 that it can name', () => {
  expect(findBrokenContext(1_500)).toBeUndefined()
})

test('a context in parts is the context, and every part passes the kit', () => {
  fc.assert(
    fc.property(overview, fc.integer({ min: 1, max: 40 }), (memory, times) => {
      const { text: written } = contextText(memory, { maxTokens: 120_000, perEstimate: 1, trends, now })
      const long = `${`${written}\n`.repeat(times)}${'"'.repeat(times * 1000)}\nend`
      let cursor: string | undefined
      let read = ''
      do {
        const part = partOf(long, cursor)
        expect(JSON.stringify(part).length).toBeLessThan(16_000)
        read += part.text
        cursor = part.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(read).toBe(long)
    }),
    { numRuns: 100 },
  )
  const first = partOf('line\n'.repeat(10_000), undefined)
  expect(() => partOf('other\n'.repeat(10_000), first.nextCursor!)).toThrow('has changed since the part before')
})
