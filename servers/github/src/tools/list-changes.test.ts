import { expect, test } from 'vitest'
import { apiCommit, callTool, fakeContext } from '../testing.ts'
import { listChanges } from './list-changes.ts'

const repository = 'acme/deploy'

test('gives rows with the pull request the message names', async () => {
  const context = fakeContext({
    '/commits': [
      apiCommit('a', { message: 'Lower memory (#12)\n\nBecause.' }),
      apiCommit('b', { message: 'Merge pull request #7 from acme/x', author: 'Sam\u202E' }),
    ],
  })
  expect(await callTool(listChanges, { repository }, context)).toEqual({
    repository,
    changes: [
      { sha: 'aaaaaaaaaaaa', time: '2026-11-20T14:00:00Z', author: 'Kim', title: 'Lower memory (#12)', pull: 12 },
      {
        sha: 'bbbbbbbbbbbb',
        time: '2026-11-20T14:00:00Z',
        author: 'Sam',
        title: 'Merge pull request #7 from acme/x',
        pull: 7,
      },
    ],
    next: null,
    coverage: [{ source: 'commits', status: 'ok', detail: '2 on this page' }],
  })
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
