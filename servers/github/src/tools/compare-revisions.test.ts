import { expect, test } from 'vitest'
import { GitHubError } from '../github/errors.ts'
import { apiCommit, apiFile, callTool, fakeContext } from '../testing.ts'
import { compareRevisionsTool } from './compare-revisions.ts'

const args = { repository: 'acme/deploy', base: 'a'.repeat(40), head: 'main' }
const comparison = {
  status: 'ahead',
  ahead_by: 2,
  behind_by: 0,
  total_commits: 2,
  commits: [apiCommit('b'), apiCommit('c')],
  files: [apiFile('apps/shop/a.yaml', '@@ -1 +1 @@\n-a\n+b'), apiFile('other/b.yaml')],
}

test('shows commits newest first and files with patches', async () => {
  const context = fakeContext({ '/compare/{basehead}': comparison })
  const answer = await callTool(compareRevisionsTool, args, context)
  expect(answer.commits.map(({ sha }) => sha[0])).toEqual(['c', 'b'])
  expect(answer).toMatchObject({ status: 'ahead', aheadBy: 2, omitted: { commits: 0, files: 0 } })
  expect(answer.files[0]?.patch).toContain('+b')
})

test('a path narrows both', async () => {
  const context = fakeContext({ '/compare/{basehead}': comparison, '/commits': [apiCommit('c'), apiCommit('0')] })
  const answer = await callTool(compareRevisionsTool, { ...args, path: 'apps/shop' }, context)
  expect(answer.commits.map(({ sha }) => sha[0])).toEqual(['c'])
  expect(answer.files.map(({ path }) => path)).toEqual(['apps/shop/a.yaml'])
  expect(context.asked[1]?.params).toMatchObject({ path: 'apps/shop', sha: 'main' })
})

test('when the path cannot be followed, all commits are shown and the coverage says so', async () => {
  const context = fakeContext({
    '/compare/{basehead}': comparison,
    '/commits': () => {
      throw new GitHubError('server', 'GitHub answered 500.', '')
    },
  })
  const answer = await callTool(compareRevisionsTool, { ...args, path: 'apps/shop' }, context)
  expect(answer.commits).toHaveLength(2)
  expect(answer.coverage).toContainEqual({
    source: 'commits of the path',
    status: 'error',
    detail: 'GitHub answered 500.',
  })
})

test('stays within bounds', async () => {
  const commits = Array.from({ length: 100 }, () =>
    apiCommit('c', { message: 'x'.repeat(500), author: 'y'.repeat(100) }),
  )
  const files = Array.from({ length: 200 }, (_, index) =>
    apiFile(`apps/${'d/'.repeat(50)}${index}`, `@@\n${'+"\n'.repeat(9000)}`),
  )
  const context = fakeContext({ '/compare/{basehead}': { ...comparison, commits, files } })
  const answer = await callTool(compareRevisionsTool, args, context)
  expect(JSON.stringify(answer).length).toBeLessThan(19_000)
  expect(answer.omitted.commits).toBe(75)
})
