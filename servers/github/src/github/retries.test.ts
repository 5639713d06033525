import { expect, test } from 'vitest'
import { httpFailure, pauseBefore } from './retries.ts'
import type { HttpFailure } from './wording.ts'

function failed(status: number, headers: Record<string, string> = {}): HttpFailure {
  return { status, headers, said: '' }
}

test.each<[string, HttpFailure | undefined, number | undefined, number | undefined]>([
  ['the network', undefined, 250, undefined],
  ['a 502', failed(502), 250, undefined],
  ['a 404', failed(404), undefined, undefined],
  ['a limit with a short wait', failed(429, { 'retry-after': '2' }), 2000, 2000],
  ['a limit with a long wait', failed(403, { 'retry-after': '60' }), undefined, undefined],
  ['a limit that names no wait', failed(429), undefined, undefined],
  ['a secondary limit', failed(403, { 'retry-after': '1' }), 1000, 1000],
])('%s', (_, failure, read, write) => {
  expect(pauseBefore(0, failure, 'read')).toBe(read)
  expect(pauseBefore(0, failure, 'write')).toBe(write)
})

test('the third attempt is the last', () => {
  expect(pauseBefore(1, failed(500), 'read')).toBe(1000)
  expect(pauseBefore(2, failed(500), 'read')).toBeUndefined()
})

test('what GitHub says of a refused field is kept', () => {
  const data = { message: 'Validation Failed', errors: [{ resource: 'PullRequest', message: 'No drafts here' }, 'Bad'] }
  const error = Object.assign(new Error('x'), { response: { status: 422, headers: {}, data } })
  expect(httpFailure(error)?.said).toBe('Validation Failed: No drafts here: Bad')
  expect(httpFailure(new Error('network'))).toBeUndefined()
})
