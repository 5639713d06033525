import type { Management, Rollout } from '@kubevigil/core/change'
import { ServiceCatalog } from '@kubevigil/core/policy'
import { describe, expect, test } from 'vitest'
import { GitHubError, type GitHubFailure } from '../github/errors.ts'
import { apiCommit, apiFile, callTool, fakeContext, type Answers } from '../testing.ts'
import { correlateIncident } from './correlate-incident.ts'

const management: Management = {
  tool: 'argocd',
  application: 'argocd/shop',
  repository: 'acme/deploy',
  path: 'apps/shop',
  branch: 'main',
  selfHeal: true,
}
const sync: Rollout = {
  time: '2026-11-20T14:03:07Z',
  source: 'ArgoCD',
  revision: 'b'.repeat(40),
  previousRevision: 'a'.repeat(40),
  changes: [],
}
const replaced: Rollout = {
  time: '2026-11-20T14:03:09Z',
  source: 'ReplicaSet',
  revision: '12',
  previousRevision: '11',
  changes: ['container web: limits.memory 512Mi → 256Mi'],
}
const args = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  rule: 'POD_OOM_KILLED',
  onset: '2026-11-20T14:03:40Z',
  management,
  rollouts: [replaced, sync],
}
const lowering = '@@ -1,3 +1,3 @@\n   limits:\n-    memory: 512Mi\n+    memory: 256Mi'
const commit = { ...apiCommit('b', { message: 'Tune web', files: [apiFile('apps/shop/web.yaml', lowering)] }) }

const whole: Answers = {
  '/compare/{basehead}': { status: 'ahead', total_commits: 1, commits: [apiCommit('b')], files: [] },
  '/commits': ({ path }: { path?: string }) => (path === 'apps/shop' ? [apiCommit('b')] : []),
  '/commits/{ref}': commit,
}

function failing(failure: GitHubFailure): () => never {
  return () => {
    throw new GitHubError(failure, `GitHub failed: ${failure}.`, 'Do something.')
  }
}

test('finds the commit, explains it, and says how to roll back and what was searched', async () => {
  const answer = await callTool(correlateIncident, args, fakeContext(whole))
  expect(answer.verdict).toBe('found')
  expect(answer.suspects).toHaveLength(1)
  expect(answer.suspects[0]).toMatchObject({
    score: 1,
    confidence: 'high',
    title: 'Tune web',
    files: ['apps/shop/web.yaml'],
  })
  expect(answer.rollback.join('\n')).toContain(`git revert --no-edit ${'b'.repeat(40)}`)
  expect(answer.searched).toEqual({
    repositories: ['acme/deploy'],
    path: 'apps/shop',
    from: '2026-11-19T14:03:40Z',
    to: '2026-11-20T14:03:40Z',
    calls: 6,
  })
  expect(answer.coverage.map(({ source, status }) => [source, status])).toEqual([
    [`Argo CD revision ${'b'.repeat(40)}`, 'ok'],
    ['commits', 'ok'],
    ['pull requests', 'ok'],
    ['commit details', 'ok'],
  ])
})

describe('none is only said when every source answered', () => {
  const quiet = { ...whole, '/compare/{basehead}': { commits: [], total_commits: 0 }, '/commits': [] }

  test('all answered', async () => {
    expect(await callTool(correlateIncident, args, fakeContext(quiet))).toMatchObject({ verdict: 'none', suspects: [] })
  })

  test.each<[string, GitHubFailure]>([
    ['/commits', 'server'],
    ['/commits', 'timeout'],
    ['/pulls', 'forbidden'],
    ['/compare/{basehead}', 'server'],
    ['/compare/{basehead}', 'not-found'],
  ])('%s failed: %s', async (route, failure) => {
    const answer = await callTool(correlateIncident, args, fakeContext({ ...quiet, [route]: failing(failure) }))
    expect(answer.verdict).toBe('incomplete')
    expect(answer.coverage.some(({ status }) => !['ok', 'absent'].includes(status))).toBe(true)
  })
})

test('a failure that lasts is not asked for again', async () => {
  const context = fakeContext({ ...whole, '/compare/{basehead}': failing('unauthorized') })
  const answer = await callTool(correlateIncident, args, context)
  expect(context.asked).toHaveLength(1)
  expect(answer).toMatchObject({ verdict: 'incomplete', suspects: [] })
  expect(answer.coverage[0]).toMatchObject({
    status: 'forbidden',
    detail: 'GitHub failed: unauthorized. Do something.',
  })
  expect(answer.rollback[0]).toContain('Roll back in Git')
})

test('a part that failed does not hide what the others found', async () => {
  const answer = await callTool(correlateIncident, args, fakeContext({ ...whole, '/pulls': failing('server') }))
  expect(answer).toMatchObject({ verdict: 'found', suspects: [{ confidence: 'high' }] })
  expect(answer.coverage).toContainEqual({
    source: 'pull requests',
    status: 'error',
    detail: 'GitHub failed: server. Do something.',
  })
})

test.each<[string, Answers]>([
  ['1.2.3', whole],
  ['f'.repeat(40), { ...whole, '/compare/{basehead}': failing('invalid') }],
])('a revision %s that is no commit here: by the folder, with a note', async (revision, answers) => {
  const rollouts = [replaced, { ...sync, revision }]
  const answer = await callTool(correlateIncident, { ...args, rollouts }, fakeContext(answers))
  expect(answer.suspects[0]).toMatchObject({
    sha: 'b'.repeat(40),
    confidence: 'high',
    anchor: { source: 'ReplicaSet' },
  })
  expect(answer.suspects[0]?.reasons[0]).toContain('link 0.30')
  expect(answer.coverage[0]?.detail).toContain('looked at the commits of the folder instead')
})

describe('which repository', () => {
  test('a cluster object cannot steer the token', async () => {
    const context = fakeContext(whole)
    const hostile = { ...management, repository: 'victim/private' }
    const answer = await callTool(correlateIncident, { ...args, management: hostile }, context)
    expect(context.asked).toEqual([])
    expect(answer).toMatchObject({ verdict: 'incomplete', searched: { repositories: [], calls: 0 } })
    expect(answer.coverage[0]).toMatchObject({ source: 'victim/private', status: 'forbidden' })
    expect(answer.coverage[0]?.detail).toContain('Add it to GITHUB_REPOS')
  })

  test('nothing names one', async () => {
    const bare = { ...management, tool: 'none' as const, repository: '', path: '', branch: '' }
    const answer = await callTool(correlateIncident, { ...args, management: bare }, fakeContext(whole))
    expect(answer.verdict).toBe('incomplete')
    expect(answer.coverage[0]?.detail).toContain('KUBEVIGIL_SERVICES')
    expect(answer.rollback.join('\n')).toContain('--to-revision=11')
  })

  test('the services file names it, and a slow start is allowed for', async () => {
    const catalog = ServiceCatalog.parse({
      services: [
        {
          name: 'shop',
          priority: 'P1',
          selectors: [{ name: 'web' }],
          repository: { name: 'acme/deploy', path: 'apps/shop' },
          known: [{ kind: 'slow-start', allow: '10m' }],
        },
      ],
    })
    const bare = { ...management, tool: 'none' as const, repository: '', path: '', branch: '' }
    const late = { ...args, management: bare, onset: '2026-11-20T14:12:00Z' }
    const answer = await callTool(correlateIncident, late, fakeContext(whole, { catalog }))
    expect(answer).toMatchObject({ verdict: 'found', searched: { path: 'apps/shop' } })
    expect(answer.suspects[0]?.reasons[1]).toContain('slow start')
  })
})

test('a pull request merged now that brings old commits is found by its merge', async () => {
  const merge = apiCommit('d', {
    date: '2026-11-20T14:01:00Z',
    parents: ['a', 'e'],
    files: [apiFile('apps/shop/web.yaml', lowering)],
  })
  const context = fakeContext({
    '/pulls': [
      {
        number: 9,
        merged_at: '2026-11-20T14:01:00Z',
        updated_at: '2026-11-20T14:01:00Z',
        merge_commit_sha: 'd'.repeat(40),
      },
    ],
    '/commits/{ref}': merge,
  })
  const answer = await callTool(correlateIncident, { ...args, rollouts: [replaced] }, context)
  expect(answer).toMatchObject({ verdict: 'found', suspects: [{ sha: 'd'.repeat(40), confidence: 'high' }] })
})

test('a merge commit does not stand beside the commit it brings', async () => {
  const context = fakeContext({
    ...whole,
    '/pulls': [
      {
        number: 9,
        merged_at: '2026-11-20T14:01:00Z',
        updated_at: '2026-11-20T14:01:00Z',
        merge_commit_sha: 'd'.repeat(40),
      },
    ],
    '/commits/{ref}': ({ ref }: { ref: string }) =>
      ref.startsWith('d')
        ? apiCommit('d', { parents: ['a', 'b'], files: [apiFile('apps/shop/web.yaml', lowering)] })
        : commit,
  })
  const answer = await callTool(correlateIncident, args, context)
  expect(answer.suspects.map(({ sha }) => sha[0])).toEqual(['b'])
})

test('the answer and the number of requests stay bounded', async () => {
  const letters = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'a', 'b', 'c', 'd', 'e', 'f']
  const many = letters.map((letter) => apiCommit(letter, { message: 'x'.repeat(5000), author: 'y'.repeat(500) }))
  const files = Array.from({ length: 299 }, (_, index) =>
    apiFile(`apps/shop/${'very-long-folder/'.repeat(20)}${index}.yaml`, lowering),
  )
  const context = fakeContext({
    '/compare/{basehead}': { commits: many, total_commits: 900, files },
    '/commits': many,
    '/commits/{ref}': ({ ref }: { ref: string }) => apiCommit(ref[0]!, { message: 'x'.repeat(5000), files }),
    '/pulls': many.map((_, index) => ({
      number: index,
      merged_at: '2026-11-20T10:00:00Z',
      updated_at: '2026-11-20T10:00:00Z',
      merge_commit_sha: letters[index]!.repeat(40),
    })),
  })
  const long = 'n'.repeat(500)
  const rollouts = Array.from({ length: 20 }, (_, index): Rollout => ({
    ...sync,
    revision: `main@sha1:${(index + 1).toString(16).repeat(40).slice(0, 40)}`,
    changes: [],
  }))
  const answer = await callTool(correlateIncident, { ...args, name: long, rollouts }, context)
  expect(JSON.stringify(answer).length).toBeLessThan(20_000)
  expect(answer.suspects).toHaveLength(5)
  expect(answer.verdict).not.toBe('none')
  expect(answer.searched.calls).toBeLessThanOrEqual(35)
})
