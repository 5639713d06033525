import type { Management, Rollout } from '@kubevigil/core/change'
import { expect, test } from 'vitest'
import { GitHubError } from '../github/errors.ts'
import { apiCommit, apiFile, callTool, fakeContext } from '../testing.ts'
import { planRollback } from './plan-rollback.ts'

const management: Management = {
  tool: 'argocd',
  application: 'argocd/shop',
  repository: 'acme/deploy',
  path: 'apps/shop',
  branch: 'main',
  selfHeal: true,
}
const rollouts: Rollout[] = [
  {
    time: '2026-11-20T14:30:00Z',
    source: 'ReplicaSet',
    revision: '13',
    previousRevision: '12',
    changes: ['image 1 → 2'],
  },
  { time: '2026-11-20T14:00:10Z', source: 'ReplicaSet', revision: '12', previousRevision: '11', changes: ['memory'] },
]
const given = { kind: 'Deployment', namespace: 'shop', name: 'web', management, rollouts, sha: 'b'.repeat(40) }

function answers() {
  const files = [apiFile('apps/shop/web.yaml'), apiFile('other/x.yaml')]
  return {
    '/commits/{ref}': apiCommit('b', { message: 'Tune', files, parents: ['a'] }),
    '/commits': ({ path }: { path: string }) =>
      path.startsWith('apps/shop')
        ? [
            ...(path === 'apps/shop' ? [apiCommit('d', { message: 'Beside', date: '2026-11-20T14:40:00Z' })] : []),
            apiCommit('c', { message: 'On top', date: '2026-11-20T14:30:00Z' }),
            apiCommit('b', { message: 'Tune' }),
          ]
        : [],
  }
}

function fail(): never {
  throw new GitHubError('not-found', 'Unknown.', 'Check.')
}

test('in Git: names what it touches elsewhere and what was built on it', async () => {
  const plan = await callTool(planRollback, given, fakeContext(answers()))
  expect(plan.approach).toBe('git-revert')
  expect(plan.steps.join('\n')).toContain(`git revert --no-edit ${'b'.repeat(40)}`)
  expect(plan.lost).toEqual([
    'Commit bbbbbbbbbbbb "Tune" (Kim, 2026-11-20T14:00:00Z): 2 files, apps/shop/web.yaml, other/x.yaml.',
    'It is undone outside apps/shop too: other/x.yaml.',
    'Stays, but look whether it needs what is reverted: dddddddddddd "Beside" (Kim, 2026-11-20T14:40:00Z).',
    'At risk, it changed the same files later; a revert may conflict with it: cccccccccccc "On top" (Kim, 2026-11-20T14:30:00Z).',
  ])
  expect(plan.coverage.map(({ status }) => status)).toEqual(['ok', 'ok'])
})

test('in the cluster: every revision since, and later commits go with it', async () => {
  const plan = await callTool(
    planRollback,
    { ...given, management: { ...management, tool: 'none' } },
    fakeContext(answers()),
  )
  expect(plan.approach).toBe('rollout-undo')
  expect(plan.steps[1]).toContain('--to-revision=11')
  expect(plan.lost.slice(0, 2)).toEqual([
    'Revision 13 of 2026-11-20T14:30:00Z: image 1 → 2',
    'Revision 12 of 2026-11-20T14:00:10Z: memory',
  ])
  expect(plan.lost.at(-1)).toContain('until applied again')
})

test('warns of a merge commit and of migrations', async () => {
  const detail = apiCommit('b', { files: [apiFile('db/migrations/1.sql')], parents: ['a', 'c'] })
  const { warnings } = await callTool(planRollback, given, fakeContext({ '/commits/{ref}': detail }))
  expect(warnings.join('\n')).toMatch(/-m 1[^]*data does not come back/)
})

test('a commit that cannot be read, or a repository that may not be, still gives a plan and says so', async () => {
  const plan = await callTool(planRollback, given, fakeContext({ '/commits/{ref}': fail }))
  expect(plan.warnings[0]).toContain('could not be read')
  expect(plan.coverage).toMatchObject([{ source: 'commit', status: 'error' }])
  const context = fakeContext({})
  const refused = await callTool(
    planRollback,
    { ...given, management: { ...management, repository: 'evil/repo' } },
    context,
  )
  expect(refused.coverage).toMatchObject([{ status: 'forbidden' }])
  expect(context.asked).toEqual([])
})

test('refuses a management of another shape', () => {
  expect(planRollback.input.safeParse({ ...given, management: { tool: 'argocd' } }).success).toBe(false)
})
