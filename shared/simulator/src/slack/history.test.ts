import { expect, test } from 'vitest'
import { page, type Message } from './history.ts'

const messages: Message[] = [3, 2, 1].map((second) => ({
  ts: `170000000${second}.000100`,
  text: String(second),
  metadata: { event_type: 'x', event_payload: {} },
}))

function texts(fields: Record<string, unknown>): string[] | { error: string } {
  const result = page(messages, fields)
  return 'error' in result ? result : result.messages.map(({ text }) => text)
}

test('bounds leave themselves out unless inclusive', () => {
  const bounds = { oldest: '1700000001.000100', latest: '1700000003.000100' }
  expect(texts(bounds)).toEqual(['2'])
  expect(texts({ ...bounds, inclusive: 'true' })).toEqual(['3', '2', '1'])
  expect(texts({ oldest: '1700000002' })).toEqual(['3', '2'])
  expect(texts({ oldest: '1700000002.0002' })).toEqual(['3'])
})

test('limit and cursor lead through all', () => {
  const first = page(messages, { limit: '2' })
  expect(first).toMatchObject({ has_more: true, messages: [{ text: '3' }, { text: '2' }] })
  const cursor = 'error' in first ? '' : first.response_metadata.next_cursor
  expect(page(messages, { limit: '2', cursor })).toMatchObject({
    has_more: false,
    messages: [{ text: '1' }],
    response_metadata: { next_cursor: '' },
  })
})

test('metadata comes on demand', () => {
  expect(page(messages, {})).not.toHaveProperty('messages.0.metadata')
  expect(page(messages, { include_all_metadata: true })).toHaveProperty('messages.0.metadata.event_type', 'x')
})

test('bad arguments have their own errors', () => {
  expect(texts({ oldest: 'yesterday' })).toEqual({ error: 'invalid_ts_oldest' })
  expect(texts({ latest: '1.x' })).toEqual({ error: 'invalid_ts_latest' })
  expect(texts({ limit: '0' })).toEqual({ error: 'invalid_limit' })
  expect(texts({ cursor: 'nowhere' })).toEqual({ error: 'invalid_cursor' })
})
