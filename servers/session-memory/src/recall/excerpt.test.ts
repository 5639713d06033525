import { expect, test } from 'vitest'
import { excerptOf } from './excerpt.ts'

test('the part around the first word that is found, cut at words', () => {
  const text = `${'before '.repeat(40)}the needle here ${'after '.repeat(60)}`
  const excerpt = excerptOf(text, ['absent', 'NEEDLE'])
  expect(excerpt).toMatch(/^… before .*the needle here after .* after …$/)
  expect(excerpt.length).toBeLessThan(250)
})

test.for([
  { how: 'nothing is found', words: [], text: 'x'.repeat(1000), part: 'x'.repeat(240) },
  {
    how: 'it stands within a long word',
    words: ['needle'],
    text: `${'x'.repeat(500)}needle rest${'x'.repeat(500)}`,
    part: 'needle',
  },
])('text without spaces is cut anyway: $how', ({ words, text, part }) => {
  const excerpt = excerptOf(text, words)
  expect(excerpt).toContain(part)
  expect(excerpt.length).toBeLessThan(250)
})

test('a short text is itself, on one line', () => {
  expect(excerptOf(' a\n\tshort  text ', ['short'])).toBe('a short text')
})
