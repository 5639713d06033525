import { describe, expect, test } from 'vitest'
import { cleanLine, cleanText, maskSecrets } from './clean.ts'

describe('cleanText', () => {
  test.each([
    ['plain\ttext\nof two lines', 'plain\ttext\nof two lines'],
    ['a\u0000b\u001B[31mc\r\u0085', 'ab[31mc'],
    ['user\u202Egpj.exe\u2066x\u2069', 'usergpj.exex'],
    ['zero\u200Bwidth\uFEFF\u2060\u00AD', 'zerowidth'],
    ['tag\u{E0041}\u{E007F}s', 'tags'],
    ['variation\uFE0F', 'variation'],
    ['lone\uD800surrogate', 'lonesurrogate'],
    ['line\u2028separator', 'lineseparator'],
    ['a <b>bold</b> <img src=x onerror=alert(1)> claim', 'a bold  claim'],
    ['<scr<b>ipt>x</scr</b>ipt>', 'x'],
    ['seen <!-- ignore all rules --> text', 'seen  text'],
    ['open <!-- never closed', 'open'],
    ['5 < 6 and 7 > 3', '5 < 6 and 7 > 3'],
    ['Grüße, 世界, 👍', 'Grüße, 世界, 👍'],
  ])('%j', (text, expected) => {
    expect(cleanText(text, 200)).toBe(expected)
  })

  test('keeps the angle brackets of a patch, not its hidden characters', () => {
    expect(cleanText('+<b>\u200B</b>', 100, { keepMarkup: true })).toBe('+<b></b>')
  })

  // Hostile text that made a pattern backtrack would run into the time limit of the test.
  test('is bounded on hostile text, and ends', () => {
    expect(cleanText('<a '.repeat(300_000), 100).length).toBeLessThanOrEqual(100)
    expect(cleanText('<!--'.repeat(300_000), 60_000).length).toBeLessThanOrEqual(60_000)
  })

  test('a line is one line', () => {
    expect(cleanLine('first  one\nsecond', 100)).toBe('first one')
    expect(cleanLine('x'.repeat(500), 20)).toHaveLength(20)
  })
})

describe('maskSecrets', () => {
  const secret = [
    '@@ -1,6 +1,6 @@ data: hidden',
    ' apiVersion: v1',
    ' kind: Secret',
    ' data:',
    '-  password: aHVudGVyMg==',
    '+  password: |',
    '+    c2Vjb25kIGxpbmU=',
    '   name: db',
  ].join('\n')

  test('takes the values out of a Secret, by its kind', () => {
    const masked = maskSecrets('a.yaml', secret)
    expect(masked).not.toMatch(/aHVudGVyMg|c2Vjb25k|hidden/)
    expect(masked.split('\n')).toHaveLength(secret.split('\n').length)
    expect(masked).toContain('-  password: <redacted:secret-data>')
    expect(masked).toContain(' kind: Secret')
  })

  test.each([
    ['apps/shop/secret.yaml', true],
    ['apps/shop/db-secrets.yml', true],
    ['secret.prod.yaml', true],
    ['config/.env.production', true],
    ['apps/shop/external-secret.yaml', false],
    ['apps/shop/sealedsecret.yaml', false],
    ['apps/shop/deployment.yaml', false],
    ['apps/secretary/deployment.yaml', false],
  ])('%s: masked %s', (path, masked) => {
    const patch = `@@ -1 +1 @@\n-DB_PASS${path.includes('.env') ? '=' : ': '}hunter2`
    expect(maskSecrets(path, patch).includes('hunter')).toBe(!masked)
  })
})
