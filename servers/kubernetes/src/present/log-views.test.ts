import { describe, expect, it } from 'vitest'
import { lineView, patternView } from './log-views.ts'

describe('lineView', () => {
  it('merges logs by time, newest kept, each in its own order', () => {
    const a = {
      pod: 'a',
      lines: [
        { time: '1', text: 'a1' },
        { time: '3', text: 'a3' },
        { time: '3', text: 'a3b' },
      ],
    }
    const b = {
      pod: 'b',
      lines: [
        { time: '2', text: 'b2' },
        { time: '3', text: 'b3' },
      ],
    }
    const { lines, omitted } = lineView([a, b], 4)
    expect(lines.map(({ pod, text }) => `${pod} ${text}`)).toEqual(['b b2', 'a a3', 'a a3b', 'b b3'])
    expect(omitted).toBe(1)
  })

  it('keeps the order of a log whose clock jumped back', () => {
    const lines = ['2', '9', '1', '3'].map((time) => ({ time, text: time }))
    expect(lineView([{ pod: 'a', lines }], 10).lines.map(({ text }) => text)).toEqual(['2', '9', '1', '3'])
  })

  it('does not name the pod of a single log', () => {
    expect(lineView([{ pod: 'a', lines: [{ text: 'x' }] }], 10).lines).toEqual([{ text: 'x' }])
  })

  it('keeps the newest lines that fit', () => {
    const lines = Array.from({ length: 100 }, (_, index) => ({
      time: String(1000 + index),
      text: `${index} ${'x'.repeat(3000)}`,
    }))
    const view = lineView([{ pod: 'a', lines }], 100)
    expect(JSON.stringify(view).length).toBeLessThan(11_000)
    expect(view.lines.at(-1)!.text).toMatch(/^99 /)
    expect(view.omitted).toBe(100 - view.lines.length)
  })
})

describe('patternView', () => {
  it('stays within its bounds however many patterns there are', () => {
    const words = Array.from({ length: 200 }, (_, index) =>
      String.fromCharCode(97 + (index % 26)).repeat(3 + Math.floor(index / 26)),
    )
    const lines = words.map((word) => ({ text: `${word} ${'x'.repeat(3000)}` }))
    const { patterns, omitted } = patternView([lines])
    expect(patterns.length).toBeLessThanOrEqual(25)
    expect(JSON.stringify(patterns).length).toBeLessThan(11_000)
    expect(omitted).toBe(200 - patterns.length)
  })
})
