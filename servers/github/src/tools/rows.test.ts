import { expect, test } from 'vitest'
import { toRow } from './rows.ts'

test.each([
  ['plain', 'Kim', 'Short title'],
  ['long', 'A very long author name that goes on and on and on', 'x'.repeat(300)],
  ['of many bytes', '世界'.repeat(40), '"世界👍\\"'.repeat(60)],
])('a %s row stays under 200 bytes', (_, author, title) => {
  const row = toRow({
    sha: 'a'.repeat(40),
    url: '',
    time: '2026-11-20T14:00:00Z',
    author,
    title,
    body: '',
    parents: [],
    pull: 123_456,
  })
  expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThanOrEqual(200)
  expect(row.sha).toHaveLength(12)
})
