import { redact } from '@kubevigil/core/redact'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor.ts'

const query = ['home', 'pods', 'shop', '', '']

describe('cursor', () => {
  it('gives the token back to its own query only', () => {
    const cursor = encodeCursor('token-1', query)
    expect(decodeCursor(cursor, query)).toBe('token-1')
    expect(() => decodeCursor(cursor, ['home', 'pods', 'data', '', ''])).toThrow('The cursor belongs to another query.')
  })

  it.each(['', 'abc', '!!!', Buffer.from('{"query":1}').toString('base64'), Buffer.from('null').toString('base64')])(
    'refuses %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, query)).toThrow('The cursor is not valid.')
    },
  )

  it('survives redaction, which every answer passes', () => {
    for (let index = 0; index < 300; index += 1) {
      const cursor = encodeCursor(
        Buffer.from(`{"v":"meta.k8s.io/v1","rv":${index * 7919},"start":"shop/web-${index}\\u0000"}`).toString(
          'base64url',
        ),
        query,
      )
      expect(redact(cursor)).toBe(cursor)
    }
  })
})
