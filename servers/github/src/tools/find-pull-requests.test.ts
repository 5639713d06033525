import { expect, test } from 'vitest'
import { apiFile, callTool, fakeContext } from '../testing.ts'
import { findPullRequests } from './find-pull-requests.ts'

const repository = 'acme/deploy'

function pull(number: number, change: object = {}): object {
  return {
    number,
    title: `Change ${number}`,
    state: 'closed',
    user: { login: 'kim' },
    merged_at: '2026-11-20T14:00:00Z',
    updated_at: '2026-11-20T14:00:00Z',
    merge_commit_sha: 'a'.repeat(40),
    head: { sha: 'b'.repeat(40) },
    html_url: `https://github.com/acme/deploy/pull/${number}`,
    ...change,
  }
}

function files({ pull_number: number }: { pull_number: number }): object[] {
  return [apiFile(`apps/${number}/x.yaml`)]
}

const refused = pull(2, { merged_at: null })
const open = pull(3, { merged_at: null, state: 'open' })

test.each([
  ['merged', [1]],
  ['open', [3]],
  ['all', [1, 2, 3]],
] as const)('%s ones', async (state, numbers) => {
  const context = fakeContext({ '/pulls': [pull(1), refused, open] })
  const { pulls } = await callTool(findPullRequests, { repository, state }, context)
  expect(pulls.map(({ number }) => number)).toEqual(numbers)
})

test('a short row each; the sha of one not merged is that of its branch', async () => {
  const { pulls } = await callTool(
    findPullRequests,
    { repository, state: 'all' },
    fakeContext({ '/pulls': [pull(1), open] }),
  )
  expect(pulls[0]).toEqual({
    number: 1,
    title: 'Change 1',
    author: 'kim',
    mergedAt: '2026-11-20T14:00:00Z',
    url: 'https://github.com/acme/deploy/pull/1',
    sha: 'aaaaaaaaaaaa',
  })
  expect(pulls[1]).toMatchObject({ mergedAt: null, sha: 'bbbbbbbbbbbb' })
})

test('those a commit came with, those that change a path, those since', async () => {
  const of = fakeContext({ '/commits/{commit_sha}/pulls': [pull(7)] })
  expect((await callTool(findPullRequests, { repository, sha: 'abc' }, of)).pulls).toHaveLength(1)
  const context = fakeContext({ '/pulls': [pull(1), pull(2)], '/pulls/{pull_number}/files': files })
  const inPath = await callTool(findPullRequests, { repository, path: 'apps/2' }, context)
  expect(inPath.pulls.map(({ number }) => number)).toEqual([2])
  const late = await callTool(findPullRequests, { repository, since: '2026-11-21T00:00:00Z' }, context)
  expect(late.pulls).toEqual([])
})

test('stays within bounds and in the allow-list', async () => {
  const long = Array.from({ length: 30 }, (_, at) => pull(at, { title: '世"'.repeat(500), html_url: 'h'.repeat(900) }))
  const answer = await callTool(findPullRequests, { repository, limit: 30 }, fakeContext({ '/pulls': long }))
  expect(answer.pulls).toHaveLength(30)
  expect(JSON.stringify(answer).length).toBeLessThan(16_000)
  await expect(callTool(findPullRequests, { repository: 'evil/repo' }, fakeContext({}))).rejects.toThrow(
    'may not be read',
  )
})
