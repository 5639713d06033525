import { describe, expect, test } from 'vitest'
import { mergeTexts } from './merge.ts'
import { unifiedDiff } from './unified.ts'

const base = 'a\nb\nc\nd\ne\nf\n'

describe('mergeTexts', () => {
  test.each<[string, string, string, string | number[]]>([
    ['changes apart', 'A\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\ne\nF\n', 'A\nb\nc\nd\ne\nF\n'],
    ['a line put in and one taken out', 'a\nb\nc\nd\ne\nf\ng\n', 'a\nc\nd\ne\nf\n', 'a\nc\nd\ne\nf\ng\n'],
    ['the same change on both sides', 'a\nb\nX\nd\ne\nf\n', 'a\nb\nX\nd\ne\nf\n', 'a\nb\nX\nd\ne\nf\n'],
    ['nothing on one side', base, 'a\nb\nc\n', 'a\nb\nc\n'],
    ['the same line changed differently', 'a\nb\nX\nd\ne\nf\n', 'a\nb\nY\nd\ne\nf\n', [3]],
    ['neighbouring lines', 'a\nb\nX\nd\ne\nf\n', 'a\nb\nc\nY\ne\nf\n', [3]],
    ['changed here, taken out there', 'a\nb\nX\nd\ne\nf\n', 'a\nb\ne\nf\n', [3]],
    ['two texts put in at one place', 'a\nb\nX\nc\nd\ne\nf\n', 'a\nb\nY\nc\nd\ne\nf\n', [3]],
  ])('%s', (_, ours, theirs, expected) => {
    const merged = mergeTexts(base, ours, theirs)
    expect(merged).toEqual(typeof expected === 'string' ? { text: expected } : { conflicts: expected })
  })

  test('the last line break is a change of its own', () => {
    expect(mergeTexts('a\nb', 'a\nb\n', 'A\nb')).toEqual({ text: 'A\nb\n' })
  })
})

describe('unifiedDiff', () => {
  test('shows what changes with three lines around it', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n')
    const after = before.replace('line 10', 'line ten').replace('line 20', 'line 20\nline 21')
    expect(unifiedDiff(before, after)).toBe(
      [
        '@@ -7,7 +7,7 @@',
        ' line 7',
        ' line 8',
        ' line 9',
        '-line 10',
        '+line ten',
        ' line 11',
        ' line 12',
        ' line 13',
        '@@ -18,3 +18,4 @@',
        ' line 18',
        ' line 19',
        ' line 20',
        '+line 21',
      ].join('\n'),
    )
  })

  test('a new file, one that goes, and one that stays', () => {
    expect(unifiedDiff(null, 'a\n')).toBe('@@ -0,0 +1,1 @@\n+a')
    expect(unifiedDiff('a\n', null)).toBe('@@ -1,1 +0,0 @@\n-a')
    expect(unifiedDiff(base, base)).toBe('')
  })
})
