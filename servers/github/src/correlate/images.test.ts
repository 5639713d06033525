import type { Rollout } from '@kubevigil/core/change'
import { expect, test } from 'vitest'
import { GitHubError } from '../github/errors.ts'
import { apiCommit, apiFile, fakeContext, type Answers } from '../testing.ts'
import { followImages } from './images.ts'
import { openInquiry } from './inquiry.ts'

const window = { from: Date.parse('2026-11-19T14:00:00Z'), to: Date.parse('2026-11-20T14:05:00Z') }

function brought(change: string, time = '2026-11-20T14:03:00Z'): Rollout[] {
  return [{ time, source: 'ReplicaSet', revision: '2', previousRevision: '1', changes: [`container web: ${change}`] }]
}

async function follow(rollouts: Rollout[], answers: Answers, repositories = ['acme/deploy', 'acme/shop']) {
  const context = fakeContext(answers)
  const inquiry = openInquiry(context.client, { signal: new AbortController().signal, calls: 0 })
  const found = await followImages(rollouts, window, repositories, inquiry)
  return {
    found,
    asked: context.asked.map(({ params }) => params['basehead'] ?? params['ref']),
    coverage: inquiry.coverage,
  }
}

const code = apiCommit('b', { files: [apiFile('src/a.ts')] })
const prose = apiCommit('c', { files: [apiFile('README.md')] })
const answers: Answers = {
  '/compare/{basehead}': { commits: [code, prose], total_commits: 2, files: [] },
  '/commits/{ref}': ({ ref }: { ref: string }) => (ref.startsWith('c') ? prose : code),
}

function missing(unless: (basehead: string) => boolean) {
  return ({ basehead }: { basehead: string }): unknown => {
    if (unless(basehead)) return answers['/compare/{basehead}']
    throw new GitHubError('not-found', 'Unknown.', 'Check.')
  }
}

test('the commits between two images, without those that only describe', async () => {
  const { found, asked } = await follow(
    brought('image ghcr.io/acme/shop:sha-aaaaaaa → ghcr.io/acme/shop:sha-bbbbbbb'),
    answers,
  )
  expect(asked[0]).toBe('aaaaaaa...bbbbbbb')
  expect(found).toMatchObject([
    { repository: 'acme/shop', sha: 'b'.repeat(40), builtInto: { image: 'ghcr.io/acme/shop:sha-bbbbbbb', commits: 1 } },
  ])
})

test('a release is found under its tag with a v', async () => {
  const rollouts = brought('image 1234.dkr.example.com/shop:5.8.0 → 1234.dkr.example.com/shop:5.9.0')
  const tagged = { ...answers, '/compare/{basehead}': missing((basehead) => basehead.startsWith('v')) }
  const { found, asked } = await follow(rollouts, tagged)
  expect(asked.slice(0, 2)).toEqual(['5.8.0...5.9.0', 'v5.8.0...v5.9.0'])
  expect(found).toHaveLength(1)
})

test.each<[string, string, string[], RegExp]>([
  ['a tag that names nothing', 'image acme/shop:old → acme/shop:latest', ['acme/shop'], /names no commit/],
  ['an image of others', 'image nginx:1.27.0 → nginx:1.28.0', ['acme/shop'], /No allowed repository/],
  ['two that are called alike', 'image shop:1.0.0 → shop:1.1.0', ['acme/shop', 'other/shop'], /No allowed repository/],
  ['a tag that Git does not have', 'image acme/shop:1.0.0 → acme/shop:1.1.0', ['acme/shop'], /has no commit or tag/],
])('%s: said, and no failure', async (_, change, repositories, detail) => {
  const { found, coverage } = await follow(
    brought(change),
    { '/compare/{basehead}': missing(() => false) },
    repositories,
  )
  expect(found).toEqual([])
  expect(coverage).toMatchObject([{ status: 'absent', detail: expect.stringMatching(detail) as string }])
})

test('an image that came before or after the time is not followed', async () => {
  const change = 'image acme/shop:1.0.0 → acme/shop:1.1.0'
  expect((await follow(brought(change, '2026-11-20T14:06:00Z'), answers)).asked).toEqual([])
  expect((await follow(brought(change, '2026-11-01T14:06:00Z'), answers)).asked).toEqual([])
})
