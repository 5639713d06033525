import { describe, expect, it } from 'vitest'
import { logLines } from './log-lines.ts'

const body = 'TUlJRXZRSUJBREFOQmdrcWhraUc5dzBCQVFFRkFBU0NCS2N3'
/** Put together here, so that no scanner takes this file for one that holds a key. */
const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE KEY-----`) as [string, string]

function stamped(...texts: string[]): string {
  return texts.map((text, index) => `2026-11-21T01:00:0${index}.123456789Z ${text}\n`).join('')
}

describe('logLines', () => {
  it('takes the runtime times off, in UTC and milliseconds; a line without one has that before', () => {
    expect(logLines('2026-11-21T03:00:00.5+02:00 hello  world\nrest\n2026-11-21T01:00:01Z \n')).toEqual([
      { time: '2026-11-21T01:00:00.500Z', text: 'hello  world' },
      { time: '2026-11-21T01:00:00.500Z', text: 'rest' },
      { time: '2026-11-21T01:00:01.000Z', text: '' },
    ])
    expect(logLines('')).toEqual([])
  })

  it('strips terminal sequences and masks secrets', () => {
    const [line] = logLines(stamped(`\u001B[31mtoken ghp_${'a1B2'.repeat(9)}\u001B[0m`))
    expect(line!.text).toBe('token <redacted:github-token>')
  })

  it.each([
    ['whole', ['before', begin, body, body, end, 'after'], ['before', 'after']],
    ['without its start', [body, body, end, 'after'], ['after']],
    ['without its end', ['before', begin, body, body], ['before']],
  ])('masks a private key on many lines, %s', (_, texts, left) => {
    const shown = logLines(stamped(...texts)).map(({ text }) => text)
    expect(shown.filter((text) => text !== '<redacted:private-key>')).toEqual(left)
  })

  it('bounds a line without an end', () => {
    expect(logLines('x'.repeat(1_000_000))[0]!.text.length).toBeLessThanOrEqual(2000)
  })
})
