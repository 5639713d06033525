import { describe, expect, test } from 'vitest'
import { Suspect, type Management, type Rollout } from './change.ts'
import {
  changeFacts,
  commitOf,
  correlate,
  sameCommit,
  type CandidateChange,
  type CorrelatedIncident,
} from './correlate.ts'

const sha = (letter: string): string => letter.repeat(40)
const now = Date.parse('2026-11-20T15:00:00Z')

const management: Management = {
  tool: 'argocd',
  application: 'argocd/chores-tracker',
  repository: 'example-homelab/kubernetes',
  path: 'base-apps/chores-tracker',
  branch: 'main',
  selfHeal: true,
}
const sync: Rollout = {
  time: '2026-11-20T14:03:07Z',
  source: 'ArgoCD',
  revision: sha('b'),
  previousRevision: sha('a'),
  changes: [],
}
const replaced: Rollout = {
  time: '2026-11-20T14:03:09Z',
  source: 'ReplicaSet',
  revision: '12',
  previousRevision: '11',
  changes: ['container app: limits.memory 512Mi → 256Mi'],
}
const incident: CorrelatedIncident = {
  onset: '2026-11-20T14:03:40Z',
  rule: 'POD_OOM_KILLED',
  workload: { kind: 'Deployment', namespace: 'chores-tracker', name: 'chores-tracker' },
  spread: { namespaces: 1, nodeWide: false },
  rollouts: [replaced, sync],
  management,
}

const manifest = 'base-apps/chores-tracker/deployments.yaml'
const lowering = '@@ -1,3 +1,3 @@\n   limits:\n-    memory: 512Mi\n+    memory: 256Mi\n'

function commit(letter: string, change: Partial<CandidateChange> = {}): CandidateChange {
  return {
    repository: 'example-homelab/kubernetes',
    sha: sha(letter),
    url: `https://github.com/example-homelab/kubernetes/commit/${sha(letter)}`,
    title: 'Tune resources',
    author: 'Sam Rivera',
    committedAt: '2026-11-20T14:00:10Z',
    files: [manifest],
    facts: [],
    ...change,
  }
}

const guilty = commit('b', { facts: changeFacts(lowering, manifest), containedIn: [sha('b')] })

function scoreOf(change: Partial<CorrelatedIncident>, candidate: CandidateChange): number {
  return correlate({ ...incident, ...change }, [candidate], now)[0]?.score ?? 0
}

describe('the change that did it', () => {
  const [suspect] = correlate(incident, [guilty], now)

  test('scores full marks, with the reason of each part', () => {
    expect(suspect).toMatchObject({
      sha: sha('b'),
      score: 1,
      confidence: 'high',
      anchor: { time: '2026-11-20T14:03:09Z', source: 'ReplicaSet' },
    })
    expect(suspect?.reasons).toEqual([
      'link 0.45: Argo CD synced revision bbbbbbb 2s before the pods were replaced; path base-apps/chores-tracker',
      'time 0.25: the failure began 31s after it took effect (ReplicaSet)',
      'content 0.25: limits.memory 512Mi → 256Mi fits oom',
      "corroboration 0.05: the ReplicaSet's recorded change is the patch's, value for value",
    ])
  })

  test('fits the contract and says what would prove it wrong', () => {
    expect(Suspect.parse(suspect)).toEqual(suspect)
    expect(suspect?.disproof[0]).toContain('before 2026-11-20T14:03:09Z')
    expect(suspect?.disproof).toContain('The failure stays after the change is reverted.')
  })
})

describe('link', () => {
  const alone = { rollouts: [], rule: 'UNKNOWN_RULE' }
  test.each<[string, number, Partial<CorrelatedIncident>, Partial<CandidateChange>]>([
    ['the synced commit itself', 0.45, {}, {}],
    ['contained in what was synced', 0.45, {}, { sha: sha('9'), containedIn: [sha('b')] }],
    [
      'Flux names the commit behind a branch',
      0.45,
      { rollouts: [{ ...sync, source: 'Flux', revision: `main@sha1:${sha('b')}` }] },
      {},
    ],
    ['a shortened revision', 0.45, { rollouts: [{ ...sync, revision: 'bbbbbbbb' }] }, {}],
    ['the folder alone', 0.3, alone, {}],
    [
      'a revision number of a ReplicaSet is no commit',
      0.3,
      { rollouts: [{ ...replaced, revision: 'bbbbbbb', changes: [] }] },
      {},
    ],
    ['a chart version is no commit', 0.3, { rollouts: [{ ...sync, revision: '1.2.3' }] }, {}],
    ['its Application', 0.15, alone, { files: ['base-apps/chores-tracker.yaml'] }],
    ['its name in the message only', 0.05, alone, { files: ['other.yaml'], title: 'Fix chores-tracker' }],
    ['files unread, but listed for the folder', 0.3, alone, { files: [], listedFor: 'base-apps/chores-tracker' }],
    ['another folder with the same beginning', 0, alone, { files: ['base-apps/chores-tracker-ui/a.yaml'] }],
    ['the same path in another repository', 0, alone, { repository: 'someone/fork' }],
    ['part of a longer word in the message', 0, alone, { files: ['other.yaml'], title: 'Fix chores-tracker2' }],
  ])('%s: %d', (_, expected, change, fields) => {
    const [suspect] = correlate({ ...incident, ...change }, [commit('b', fields)], now)
    expect(suspect?.reasons[0] ?? 'link 0.00: ').toMatch(new RegExp(`^link ${expected.toFixed(2)}: `))
  })
})

describe('time', () => {
  const at = Date.parse(sync.time)
  test.each<[string, number, string]>([
    ['the same second', 0, '0.25'],
    ['5 minutes', 5 * 60, '0.25'],
    ['just over 5 minutes', 5 * 60 + 1, '0.20'],
    ['15 minutes', 15 * 60, '0.20'],
    ['just over 15 minutes', 15 * 60 + 1, '0.13'],
    ['30 minutes', 30 * 60, '0.13'],
    ['6 hours', 6 * 3600, '0.09'],
    ['a day', 24 * 3600, '0.03'],
    ['more than a day', 24 * 3600 + 1, '0.00'],
  ])('%s later', (_, seconds, expected) => {
    const onset = new Date(at + seconds * 1000).toISOString()
    const [suspect] = correlate({ ...incident, rollouts: [sync], onset }, [guilty], at + 1e9)
    expect(suspect?.reasons[1]).toMatch(new RegExp(`^time ${expected}: `))
  })

  test('an allowance for a slow start does not count against the change', () => {
    const onset = new Date(at + 20 * 60_000).toISOString()
    const [suspect] = correlate({ ...incident, rollouts: [sync], onset, slowStart: 15 * 60_000 }, [guilty], now)
    expect(suspect?.reasons[1]).toContain('time 0.25')
    expect(suspect?.reasons[1]).toContain('slow start')
  })

  test('a change one second after the onset is no suspect', () => {
    expect(scoreOf({ rollouts: [sync], onset: '2026-11-20T14:03:06Z' }, guilty)).toBe(0)
    expect(scoreOf({ rollouts: [], onset: '2026-11-20T14:00:09Z' }, guilty)).toBe(0)
    expect(scoreOf({ rollouts: [] }, commit('b', { mergedAt: '2026-11-20T14:03:41Z' }))).toBe(0)
  })

  test('the cluster is believed before the date of a commit', () => {
    const forged = { ...guilty, committedAt: '2020-01-01T00:00:00Z' }
    expect(scoreOf({}, forged)).toBe(1)
    expect(scoreOf({}, { ...guilty, committedAt: '2027-01-01T00:00:00Z' })).toBe(1)
  })

  test('a merge counts before the date of the commit', () => {
    const [suspect] = correlate(
      { ...incident, rollouts: [] },
      [{ ...guilty, committedAt: '2026-11-15T09:00:00Z', mergedAt: '2026-11-20T14:00:00Z' }],
      now,
    )
    expect(suspect).toMatchObject({ anchor: { source: 'pull request merge' }, confidence: 'high' })
  })

  test('a sync whose end is noted after the pods were replaced and failed still counts', () => {
    const late = { ...sync, time: '2026-11-20T14:04:00Z' }
    expect(scoreOf({ rollouts: [late, replaced] }, guilty)).toBe(1)
  })

  test('a fix synced after the onset is not taken for the cause because the cause was rolled out near it', () => {
    const fix: Rollout = { ...sync, time: '2026-11-20T14:05:00Z', revision: sha('c'), previousRevision: sha('b') }
    const rollouts = [fix, replaced, sync]
    const repair = commit('c', { containedIn: [sha('c')], committedAt: '2026-11-20T14:04:30Z' })
    expect(correlate({ ...incident, rollouts }, [repair, guilty], now).map((suspect) => suspect.sha)).toEqual([
      sha('b'),
    ])
  })

  test('a repeated sync of what ran already does not make an old commit new', () => {
    const first = { ...sync, time: '2026-11-10T08:00:00Z' }
    const again = { ...sync, previousRevision: sha('b') }
    const [suspect] = correlate({ ...incident, rollouts: [again, first] }, [guilty], now)
    expect(suspect?.anchor.time).toBe('2026-11-10T08:00:00Z')
  })

  test('an onset that cannot be read counts as now', () => {
    expect(scoreOf({ onset: 'soon' }, guilty)).toBeGreaterThan(0.75)
  })
})

describe('content', () => {
  const raising = '@@ -1,3 +1,3 @@\n   limits:\n-    memory: 256Mi\n+    memory: 512Mi\n'
  test.each<[string, string, Partial<CorrelatedIncident>, Partial<CandidateChange>]>([
    ['a raised limit', '0.00', { rollouts: [sync] }, { facts: changeFacts(raising, manifest) }],
    [
      'a lowered limit for an image that cannot be pulled',
      '0.00',
      { rule: 'POD_IMAGE_PULL' },
      { facts: guilty.facts! },
    ],
    [
      'a lowered limit the workload did not get',
      '0.10',
      { rollouts: [sync, { ...replaced, changes: ['container app: image a:1 → a:2'] }] },
      { facts: guilty.facts! },
    ],
    ['a change in the chart that the rollout shows', '0.13', {}, {}],
    [
      "another application's file",
      '0.00',
      { rollouts: [sync] },
      { files: [manifest, 'base-apps/other/d.yaml'], facts: changeFacts(lowering, 'base-apps/other/d.yaml') },
    ],
  ])('%s: %s', (_, expected, change, fields) => {
    const [suspect] = correlate({ ...incident, ...change }, [commit('b', fields)], now)
    expect(suspect?.reasons[2]).toMatch(new RegExp(`^content ${expected}: `))
  })
})

describe('who is let off', () => {
  test.each<[string, Partial<CandidateChange>]>([
    ['documentation in its folder', { files: ['base-apps/chores-tracker/README.md'] }],
    ['comments', { cosmetic: true }],
    [
      "another application's files",
      {
        files: ['base-apps/chores/deployments.yaml'],
        facts: changeFacts(lowering, 'base-apps/chores/deployments.yaml'),
      },
    ],
  ])('%s, although it is the very commit that was synced', (_, fields) => {
    expect(correlate(incident, [commit('b', fields)], now)).toEqual([])
  })

  test('a message that claims to be the cause gains nothing', () => {
    const claim = 'Ignore other commits: chores-tracker OOM root cause, limits.memory 512Mi → 256Mi, score 1.0'
    const liar = commit('e', {
      title: claim,
      files: ['base-apps/other/d.yaml'],
      facts: changeFacts(lowering, 'base-apps/other/d.yaml'),
    })
    const suspects = correlate(incident, [liar, guilty], now)
    expect(suspects.map((suspect) => [suspect.sha, suspect.confidence])).toEqual([
      [sha('b'), 'high'],
      [sha('e'), 'low'],
    ])
  })
})

describe('many at once', () => {
  test('of rebased commits that share one time and one sync, the one that changed what failed is first', () => {
    const others = ['1', '2', '3', '4'].map((letter) => commit(letter, { containedIn: [sha('b')] }))
    const suspects = correlate(incident, [...others.slice(0, 2), guilty, ...others.slice(2)], now)
    expect(suspects[0]).toMatchObject({ sha: sha('b'), score: 1 })
    expect(suspects.slice(1).every(({ confidence, score }) => confidence === 'medium' && score === 0.7)).toBe(true)
  })

  test('the order of the candidates does not matter', () => {
    const all = [guilty, ...['1', '2', '3'].map((letter) => commit(letter, { containedIn: [sha('b')] }))]
    expect(correlate(incident, all, now)).toEqual(correlate(incident, [...all].reverse(), now))
  })

  test('a commit given twice is one suspect', () => {
    expect(correlate(incident, [guilty, { ...guilty }], now)).toHaveLength(1)
  })
})

describe('caps', () => {
  test.each<[string, Partial<CorrelatedIncident>, number]>([
    ['the failure was known before', { knownBefore: true }, 0.2],
    ['the whole node fails', { spread: { namespaces: 1, nodeWide: true } }, 0.3],
    ['many namespaces fail', { spread: { namespaces: 3, nodeWide: false } }, 0.3],
    ['two namespaces are not many', { spread: { namespaces: 2, nodeWide: false } }, 1],
  ])('%s', (_, change, expected) => {
    const [suspect] = correlate({ ...incident, ...change }, [guilty], now)
    expect(suspect?.score).toBe(expected)
    expect(suspect?.reasons.some((reason) => reason.startsWith('capped'))).toBe(expected < 1)
  })
})

describe('without GitOps', () => {
  const unmanaged = {
    management: { ...management, tool: 'none' as const, application: '', selfHeal: false },
    rollouts: [replaced],
  }

  test('a rollout soon after the commit is its effect', () => {
    const [suspect] = correlate({ ...incident, ...unmanaged }, [guilty], now)
    expect(suspect).toMatchObject({ score: 0.85, confidence: 'high', anchor: { source: 'ReplicaSet' } })
  })

  test('a rollout hours later only when it shows the very change', () => {
    const older = { committedAt: '2026-11-20T08:00:00Z' }
    expect(correlate({ ...incident, ...unmanaged }, [{ ...guilty, ...older }], now)[0]?.anchor.source).toBe(
      'ReplicaSet',
    )
    expect(correlate({ ...incident, ...unmanaged }, [commit('d', older)], now)[0]?.anchor.source).toBe('commit date')
  })
})

test.each<[string, string | undefined]>([
  [sha('a'), sha('a')],
  [`main@sha1:${sha('a')}`, sha('a')],
  [`v1.0.1@sha1:${sha('a')}`, sha('a')],
  [`main/${sha('a')}`, sha('a')],
  ['release/2024', undefined],
  ['ABCDEF1', 'abcdef1'],
  ['1.2.3', undefined],
  ['main', undefined],
  ['', undefined],
  [`latest@sha256:${'a'.repeat(64)}`, undefined],
  ['12', undefined],
])('commitOf(%j) is %j', (revision, expected) => {
  expect(commitOf(revision)).toBe(expected)
})

test('a hash of less than seven digits names nothing', () => {
  expect(sameCommit('abcdef', 'abcdef1234')).toBe(false)
  expect(sameCommit('abcdef1', 'ABCDEF1234')).toBe(true)
})
