import { describe, expect, test } from 'vitest'
import type { Management, Rollout, Suspect } from './change.ts'
import type { ObjectRef } from './incident.ts'
import { rollbackAdvice, rollbackPlan } from './rollback.ts'

const workload: ObjectRef = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const sha = 'abc1234'.padEnd(40, '0')

function managedBy(tool: Management['tool'], change: Partial<Management> = {}): Management {
  return {
    tool,
    application: 'argocd/shop',
    repository: 'acme/deploy',
    path: 'apps/shop',
    branch: 'main',
    selfHeal: true,
    ...change,
  }
}

const suspect: Suspect = {
  repository: 'acme/deploy',
  sha,
  url: `https://github.com/acme/deploy/commit/${sha}`,
  title: 'Tune',
  author: 'Kim',
  anchor: { time: '2026-11-20T14:00:00Z', source: 'ReplicaSet' },
  files: ['apps/shop/deployment.yaml'],
  score: 1,
  confidence: 'high',
  reasons: [],
  disproof: [],
}

function rollout(source: Rollout['source'], time: string, revision: string, previousRevision: string): Rollout {
  return { source, time, revision, previousRevision, changes: [] }
}

const rollouts = [
  rollout('ReplicaSet', '2026-11-20T14:30:00Z', '13', '12'),
  rollout('ReplicaSet', '2026-11-20T14:00:00Z', '12', '11'),
  rollout('ReplicaSet', '2026-11-19T14:00:00Z', '11', '10'),
]

test('Argo CD that heals: in Git, and why not by kubectl', () => {
  expect(rollbackAdvice(workload, managedBy('argocd'), suspect, rollouts)).toEqual([
    'Roll back in Git: Argo CD keeps argocd/shop as Git says and would put `kubectl rollout undo deployment/web -n shop` back within seconds (self-heal).',
    `See what would be taken back: \`git show --stat ${sha}\`. Other folders than apps/shop in it are reverted too.`,
    `\`git fetch origin && git switch -c revert-abc1234 origin/main && git revert --no-edit ${sha} && git push -u origin revert-abc1234\` (for a merge commit \`git revert --no-edit -m 1 ${sha}\`).`,
    'Open the pull request and have it merged: https://github.com/acme/deploy/compare/main...revert-abc1234?expand=1',
    'After the merge wait up to 3 minutes for Argo CD to poll, or tell it at once: `argocd app get argocd/shop --refresh`.',
    'Verify: `argocd app wait argocd/shop --sync --health`, then `kubectl rollout status deployment/web -n shop --timeout=5m`.',
    'Only if it cannot wait: `argocd app set argocd/shop --sync-policy none`, then `kubectl rollout undo deployment/web -n shop`, then revert in Git and turn automated sync on again. An ApplicationSet puts the sync policy back: pause it there.',
  ])
})

test('Argo CD that does not heal still says that kubectl does not last', () => {
  const [first] = rollbackAdvice(workload, managedBy('argocd', { selfHeal: false }), suspect, rollouts)
  expect(first).toContain('only lasts until its next sync')
})

test('Flux: in Git, with its own commands', () => {
  const text = rollbackAdvice(workload, managedBy('flux', { application: 'flux-system/shop' }), suspect, rollouts).join(
    '\n',
  )
  expect(text).toContain(`git revert --no-edit ${sha}`)
  expect(text).toContain('flux reconcile kustomization shop -n flux-system --with-source')
  expect(text).toContain('flux suspend kustomization shop -n flux-system')
})

test('Helm: the revision the suspect replaced', () => {
  const history = [rollout('Helm', '2026-11-20T14:00:00Z', '7', '6'), ...rollouts]
  const text = rollbackAdvice(workload, managedBy('helm', { application: 'shop/web' }), suspect, history).join('\n')
  expect(text).toContain('`helm rollback web 6 -n shop --wait`')
  expect(text).toContain('Not `kubectl rollout undo')
})

describe('nobody manages it', () => {
  const by = managedBy('none', { application: '', repository: '', path: '' })

  test('undoes to the revision before the suspect, not before the newest', () => {
    expect(rollbackAdvice(workload, by, suspect, rollouts)[1]).toBe(
      '`kubectl rollout undo deployment/web -n shop --to-revision=11`',
    )
  })

  test('without a suspect, to the revision before the newest', () => {
    expect(rollbackAdvice(workload, by, undefined, rollouts)[1]).toContain('--to-revision=12')
  })

  test('without a history, looks first', () => {
    expect(rollbackAdvice(workload, by, undefined, [])).toEqual([
      'Find the last revision that worked: `kubectl rollout history deployment/web -n shop`.',
      '`kubectl rollout undo deployment/web -n shop --to-revision=<revision>`',
      'Verify: `kubectl rollout status deployment/web -n shop --timeout=5m`.',
    ])
  })

  test('a kind without rollouts', () => {
    expect(rollbackAdvice({ ...workload, kind: 'Job' }, by, undefined, [])).toEqual([
      'A Job has no rollout to undo: apply its former manifest again.',
    ])
  })
})

test('without a suspect, Git is searched between the two revisions', () => {
  const history = [rollout('ArgoCD', '2026-11-20T14:00:00Z', 'b'.repeat(40), 'a'.repeat(40))]
  const text = rollbackAdvice(workload, managedBy('argocd'), undefined, history).join('\n')
  expect(text).toContain(`git log -p ${'a'.repeat(40)}..${'b'.repeat(40)} -- apps/shop`)
  expect(text).not.toContain('git switch')
})

test('names that could end a command do not get into one', () => {
  const hostile = managedBy('argocd', {
    application: 'a; rm -rf /',
    path: '$(id)',
    branch: 'main`id`',
    repository: 'x',
  })
  const evil = { ...suspect, sha: '$(reboot)', url: 'javascript:alert(1)', repository: 'a b' }
  const text = rollbackAdvice({ ...workload, name: 'web && id' }, hostile, evil, rollouts).join('\n')
  for (const part of ['rm -rf', '$(', 'main`id', '&& id', 'javascript']) expect(text).not.toContain(part)
})

test.each(['argocd', 'flux', 'helm', 'none'] as const)('%s: at most 8 lines of 500 characters', (tool) => {
  const long = managedBy(tool, { application: `${'a'.repeat(120)}/${'b'.repeat(120)}`, path: 'p'.repeat(1000) })
  for (const found of [suspect, undefined]) {
    const lines = rollbackAdvice({ ...workload, name: 'n'.repeat(253) }, long, found, rollouts)
    expect(lines.length).toBeLessThanOrEqual(8)
    expect(lines.every((line) => line.length <= 500)).toBe(true)
  }
})

describe('in parts', () => {
  test.each(['argocd', 'flux', 'helm', 'none'] as const)('%s: every line of the advice stands in one part', (tool) => {
    const plan = rollbackPlan(workload, managedBy(tool), suspect, rollouts)
    const lines = [...plan.steps, ...plan.expect, ...plan.verify, ...plan.warnings]
    for (const line of rollbackAdvice(workload, managedBy(tool), suspect, rollouts)) {
      expect(lines.filter((other) => other === line)).toHaveLength(1)
    }
    expect(plan.steps.length * plan.expect.length * plan.verify.length).toBeGreaterThan(0)
  })

  test('an undo takes back every revision since the change, a revert in Git only the commit', () => {
    const by = managedBy('none', { application: '' })
    expect(rollbackPlan(workload, by, suspect, rollouts)).toMatchObject({
      approach: 'rollout-undo',
      undone: [
        'Revision 13 of 2026-11-20T14:30:00Z: changes unknown',
        'Revision 12 of 2026-11-20T14:00:00Z: changes unknown',
      ],
    })
    expect(rollbackPlan(workload, managedBy('argocd'), suspect, rollouts)).toMatchObject({
      approach: 'git-revert',
      undone: [],
    })
  })

  test('a kind without rollouts goes back in Git', () => {
    expect(rollbackPlan({ ...workload, kind: 'Job' }, managedBy('none'), suspect, []).approach).toBe('git-revert')
  })
})
