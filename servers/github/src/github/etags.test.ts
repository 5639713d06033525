import { expect, test } from 'vitest'
import { createEtagCache } from './etags.ts'

function kept(characters: number) {
  return { etag: 'W/"1"', data: 'x'.repeat(characters), hasMore: false }
}

test('forgets what was used longest ago when there is no more room', () => {
  const cache = createEtagCache(1000)
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) cache.set(key, kept(90))
  expect(cache.get('a')).toEqual(kept(90))
  cache.set('k', kept(90))
  expect(cache.get('a')).toBeDefined()
  expect(cache.get('b')).toBeUndefined()
})

test('what would push out everything else is not kept, and takes its former version with it', () => {
  const cache = createEtagCache(1000)
  cache.set('a', kept(10))
  cache.set('a', kept(200))
  expect(cache.get('a')).toBeUndefined()
})
