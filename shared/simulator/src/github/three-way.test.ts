import { expect, test } from 'vitest'
import { threeWay, type File } from './three-way.ts'

function tree(files: Record<string, string>): Map<string, File> {
  return new Map(Object.entries(files).map(([path, sha]) => [path, { mode: '100644', sha }]))
}

test('puts what theirs changed onto ours', () => {
  const merged = threeWay(
    tree({ a: '1', b: '1', c: '1' }),
    tree({ a: '1', b: '2', c: '1' }),
    tree({ a: '2', b: '1', d: '1' }),
  )
  expect(merged).toEqual({
    entries: [
      { path: 'a', mode: '100644', type: 'blob', sha: '2' },
      { path: 'c', mode: '100644', type: 'blob', sha: null },
      { path: 'd', mode: '100644', type: 'blob', sha: '1' },
    ],
  })
})

test('tells the paths that both sides changed differently', () => {
  expect(threeWay(tree({ a: '1' }), tree({ a: '2' }), tree({ a: '3' }))).toEqual({ conflicts: ['a'] })
  expect(threeWay(tree({ a: '1' }), tree({ a: '2' }), tree({ a: '2' }))).toEqual({ entries: [] })
})
