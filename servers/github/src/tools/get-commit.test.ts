import { expect, test } from 'vitest'
import { apiCommit, apiFile, callTool, fakeContext } from '../testing.ts'
import { getCommitTool } from './get-commit.ts'

const repository = 'acme/deploy'
const patch = '@@ -1 +1 @@\n-memory: 512Mi\n+memory: 256Mi'

function contextWith(files: object[]): ReturnType<typeof fakeContext> {
  return fakeContext({ '/commits/{ref}': apiCommit('a', { message: 'Tune\n\nLess memory.', files, parents: ['b'] }) })
}

test('shows as much as is asked for', async () => {
  const context = contextWith([apiFile('apps/shop/a.yaml', patch), apiFile('README.md', '@@')])
  const read = (detail: 'none' | 'stats' | 'patch') =>
    callTool(getCommitTool, { repository, sha: 'main', detail, path: 'apps/shop' }, context)
  expect(await read('none')).toMatchObject({ title: 'Tune', body: 'Less memory.', files: [], stats: { files: 2 } })
  expect((await read('stats')).files).toEqual([
    { path: 'apps/shop/a.yaml', status: 'modified', additions: 1, deletions: 1 },
  ])
  expect((await read('patch')).files[0]?.patch).toBe(patch)
})

test('stays within bounds whatever the commit changes, and says what it left out', async () => {
  const big = `@@ -1 +1 @@\n${'+"quoted" line\n'.repeat(5000)}`
  const files = Array.from({ length: 299 }, (_, index) => apiFile(`${'folder/'.repeat(20)}${index}.yaml`, big))
  const answer = await callTool(getCommitTool, { repository, sha: 'a'.repeat(40), detail: 'patch' }, contextWith(files))
  expect(JSON.stringify(answer).length).toBeLessThan(18_000)
  expect(answer.omitted + answer.files.length).toBe(299)

  const few = await callTool(getCommitTool, { repository, sha: 'a', detail: 'patch' }, contextWith(files.slice(0, 3)))
  expect(few.files[0]).toMatchObject({ clipped: true })
  expect(JSON.stringify(few).length).toBeLessThan(18_000)
})

test('does not carry the values of a Secret', async () => {
  const secret = '@@ -1,3 +1,3 @@\n kind: Secret\n data:\n-  key: b2xk\n+  key: bmV3'
  const answer = await callTool(
    getCommitTool,
    { repository, sha: 'a', detail: 'patch' },
    contextWith([apiFile('x.yaml', secret)]),
  )
  expect(answer.files[0]?.patch).toContain('key: <redacted:secret-data>')
  expect(JSON.stringify(answer)).not.toMatch(/b2xk|bmV3/)
})

test.each(['a..b', '../x', '-x', 'a b', ''])('refuses the revision %j', (sha) => {
  expect(getCommitTool.input.safeParse({ repository, sha }).success).toBe(false)
})
