import { describe, expect, it } from 'vitest'
import { clip, takeWithin } from './budget.ts'

describe('clip', () => {
  it('says how much is gone and keeps to the limit', () => {
    const text = clip('x'.repeat(1000), 100)
    expect(text.length).toBeLessThanOrEqual(100)
    expect(text).toContain('more characters')
    expect(clip('short', 100)).toBe('short')
  })
})

describe('takeWithin', () => {
  it('keeps what fits, in order, and counts the rest', () => {
    const items = Array.from({ length: 100 }, (_, index) => ({ index }))
    const { kept, omitted } = takeWithin(items, 200)
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(200)
    expect(kept.length + omitted).toBe(100)
    expect(kept[0]).toEqual({ index: 0 })
  })
})
