import { expect, test } from 'vitest'
import { callTool, fakeContext } from '../testing.ts'
import { searchCode } from './search-code.ts'
import { searchIssues } from './search-issues.ts'

const allowed = { repositories: ['acme/deploy', 'acme/app'], from: 'GITHUB_REPOS' as const }

test('searches all that may be read, and drops hits from elsewhere', async () => {
  const items = ['acme/app', 'evil/repo'].map((name) => ({
    path: 'a.yaml',
    repository: { full_name: name },
    text_matches: [{ fragment: 'memory: 1Gi' }],
  }))
  const context = fakeContext({ 'GET /search/code': { items } }, { allowed })
  const { hits } = await callTool(searchCode, { query: 'memory' }, context)
  expect(hits).toEqual([{ repository: 'acme/app', path: 'a.yaml', fragment: 'memory: 1Gi' }])
  expect(context.asked[0]?.params['q']).toBe('memory repo:acme/deploy repo:acme/app')
})

test('searches issues of one repository', async () => {
  const item = { number: 4, title: 'OOM', state: 'open', repository_url: 'https://api.github.com/repos/acme/app' }
  const context = fakeContext({ 'GET /search/issues': { items: [item] } }, { allowed })
  const { hits } = await callTool(searchIssues, { query: 'OOM', repository: 'acme/app', state: 'open' }, context)
  expect(hits).toMatchObject([{ repository: 'acme/app', number: 4, title: 'OOM' }])
  expect(context.asked[0]?.params['q']).toBe('OOM repo:acme/app is:issue state:open')
})

test.each(['x repo:evil/repo', 'x user:evil', 'a OR b', '(a', 'a" repo:evil/repo', '"a" org:evil'])(
  'refuses %j',
  (query) => {
    expect(searchCode.input.safeParse({ query }).success).toBe(false)
  },
)

test('asks nothing of a repository that is not allowed', async () => {
  const context = fakeContext({}, { allowed })
  await expect(callTool(searchIssues, { query: 'x', repository: 'evil/repo' }, context)).rejects.toThrow(
    'may not be read',
  )
  expect(context.asked).toEqual([])
})
