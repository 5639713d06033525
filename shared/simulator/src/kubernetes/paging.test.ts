import { describe, expect, test } from 'vitest'
import { decodeContinue, encodeContinue, readPage } from './paging.ts'
import { StatusError } from './status.ts'

function page(query: string, oldest = 0) {
  return readPage(new URLSearchParams(query), oldest)
}

describe('paging', () => {
  test('tokens have the format of the real server', () => {
    const recorded =
      'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MjA5Nywic3RhcnQiOiIvYmF0Y2gvaW1wb3J0LWZhaWxzLTdtbnprXHUwMDAwIn0'
    expect(encodeContinue(2097, '/batch/import-fails-7mnzk')).toBe(recorded)
    expect(decodeContinue(recorded)).toEqual({ revision: 2097, start: '/batch/import-fails-7mnzk\u0000' })
  })

  test('resourceVersion=0 ignores the limit', () => {
    expect(page('limit=5').limit).toBe(5)
    expect(page('limit=5&resourceVersion=0').limit).toBe(0)
  })

  test.each([
    ['continue=notatoken', 'illegal base64 data at input byte 8'],
    ['continue=!!!!', 'illegal base64 data at input byte 0'],
    ['continue=AAAA', 'looking for beginning of value'],
    [`continue=${Buffer.from('{}').toString('base64url')}`, 'server does not recognize this encoded version ""'],
    [`continue=${encodeContinue(1, 'a')}&resourceVersion=7`, 'specifying resource version is not allowed'],
    ['limit=many', 'strconv.ParseInt: parsing "many": invalid syntax'],
    ['limit=99999999999999999999', 'value out of range'],
  ])('refuses %s', (query, words) => {
    expect(() => page(query)).toThrow(words)
  })

  test('a token from before the last load has expired and says how to go on', () => {
    let caught: unknown
    try {
      page(`continue=${encodeContinue(10, '/shop/web-1')}`, 20)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(StatusError)
    const { code, body } = caught as StatusError
    expect(code).toBe(410)
    const next = (body['metadata'] as { continue: string }).continue
    expect(decodeContinue(next)).toEqual({ revision: -1, start: '/shop/web-1\u0000' })
  })
})
