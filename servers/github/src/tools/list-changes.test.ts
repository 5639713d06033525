import { expect, test } from 'vitest'
import { apiCommit, callTool, fakeContext } from '../testing.ts'
import { GitHubError } from '../github/errors.ts'
import { listChanges } from './list-changes.ts'

const repository = 'acme/deploy'

test('gives every kind in one time line, newest first', async () => {
  const context = fakeContext({
    '/commits': [
      apiCommit('a', { message: 'Lower memory (#12)\n\nBecause.' }),
      apiCommit('b', { message: 'Old', author: 'Sam\u202E', date: '2026-11-20T10:00:00Z' }),
    ],
    '/pulls': [
      { number: 12, title: 'Lower', merged_at: '2026-11-20T14:00:05Z', merge_commit_sha: 'A'.repeat(40), user: null },
      { number: 13, title: 'Refused', merged_at: null },
    ],
    '/releases': [{ tag_name: 'v1', name: 'First', published_at: '2026-11-20T11:00:00Z' }],
    '/deployments': [{ sha: 'a'.repeat(40), environment: 'production', created_at: '2026-11-20T14:02:00Z' }],
    '/actions/runs': {
      workflow_runs: [
        {
          id: 1,
          name: 'CI',
          head_branch: 'main',
          head_sha: 'a'.repeat(40),
          conclusion: 'failure',
          created_at: '2026-11-20T14:01:00Z',
        },
      ],
    },
  })
  const answer = await callTool(listChanges, { repository }, context)
  expect(answer.changes.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
    'deployment production',
    'run failure: CI on main',
    'pull Lower',
    'commit Lower memory (#12)',
    'release v1 First',
    'commit Old',
  ])
  expect(answer.changes[3]).toEqual({
    kind: 'commit',
    sha: 'aaaaaaaaaaaa',
    time: '2026-11-20T14:00:00Z',
    author: 'Kim',
    title: 'Lower memory (#12)',
    pull: 12,
  })
  expect(answer.next).toBeNull()
  expect(answer.coverage.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
})

test('a source that fails stands in coverage; the others stay', async () => {
  const context = fakeContext({
    '/commits': [apiCommit('a')],
    '/deployments': () => {
      throw new GitHubError('forbidden', 'No.', 'Do.')
    },
  })
  const answer = await callTool(listChanges, { repository }, context)
  expect(answer.changes).toHaveLength(1)
  expect(answer.coverage.find(({ source }) => source === 'deployments')).toMatchObject({ status: 'forbidden' })
})

test('pages through commits of one instant without losing or repeating one', async () => {
  const context = fakeContext({ '/commits': Array.from('abcdef').map((letter) => apiCommit(letter)) })
  const read = (cursor?: string | null) =>
    callTool(listChanges, { repository, path: 'apps', limit: 2, ...(cursor ? { cursor } : {}) }, context)
  const first = await read()
  const second = await read(first.next)
  const third = await read(second.next)
  const seen = [first, second, third].flatMap(({ changes }) => changes.map(({ sha }) => sha.slice(0, 1)))
  expect(seen.join('')).toBe('abcdef')
  expect(third.next).toBeNull()
})

test('rows stay short and the answer within its bounds', async () => {
  const commits = Array.from({ length: 50 }, () =>
    apiCommit('a', { message: '世"'.repeat(300), author: '世'.repeat(80) }),
  )
  const answer = await callTool(listChanges, { repository, limit: 50 }, fakeContext({ '/commits': commits }))
  expect(answer.changes).toHaveLength(50)
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
})

test('passes path and time on, in UTC', async () => {
  const context = fakeContext({})
  await callTool(listChanges, { repository, path: 'apps/shop', since: '2026-11-20T12:00:00+02:00', limit: 5 }, context)
  expect(context.asked[0]?.params).toMatchObject({
    path: 'apps/shop',
    since: '2026-11-20T10:00:00.000Z',
    per_page: 5,
    page: 1,
  })
})

test.each(['', 'nonsense', Buffer.from('2/51').toString('base64url')])('refuses the cursor %j', async (cursor) => {
  await expect(callTool(listChanges, { repository, cursor }, fakeContext({}))).rejects.toThrow(
    'is not one of list_changes',
  )
})

test('asks nothing of a repository that is not allowed', async () => {
  const context = fakeContext({})
  await expect(callTool(listChanges, { repository: 'evil/repo' }, context)).rejects.toThrow('may not be read')
  expect(context.asked).toEqual([])
})

test.each([{ path: '../x' }, { path: '/x' }, { since: 'yesterday' }, { limit: 51 }, { repository: 'acme' }])(
  'refuses %j',
  (change) => {
    expect(listChanges.input.safeParse({ repository, ...change }).success).toBe(false)
  },
)
