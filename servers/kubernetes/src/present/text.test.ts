import { describe, expect, it } from 'vitest'
import { plainText, safeText } from './text.ts'

const token = `ghp_${'a1B2'.repeat(9)}`

describe('plainText', () => {
  it.each([
    ['\u001B[31mred\u001B[0m text', 'red text'],
    ['\u001B]0;title\u0007after', 'after'],
    ['a\u0000b\u0008c\rd', 'abcd'],
    ['zero\u200Bwidth \u202Eturned\u202C \u{E0041}tag', 'zerowidth turned tag'],
    ['tab\tand\nline stay, as do ümlauts and 日本', 'tab\tand\nline stay, as do ümlauts and 日本'],
  ])('cleans %j', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })
})

describe('safeText', () => {
  it('finds a secret before it cuts, so that no half of one is shown', () => {
    const text = `${'x'.repeat(80)} ${token} ${'y'.repeat(80)}`
    for (let max = 60; max < 200; max += 1) expect(safeText(text, max)).not.toContain('ghp_a1')
  })

  it('finds a secret that control characters tear apart', () => {
    expect(safeText(`ghp_\u001B[1m${'a1B2'.repeat(9)}`, 500)).toBe('<redacted:github-token>')
    expect(safeText(`ghp_a1\u200BB2${'a1B2'.repeat(8)}`, 500)).toBe('<redacted:github-token>')
  })

  it('drops what a cut at the end of a very long text may have torn', () => {
    const text = `${'x '.repeat(7_990)}${token}`
    expect(safeText(text, 20_000)).not.toContain('ghp_')
  })
})
