import { describe, expect, test } from 'vitest'
import type { Management, Rollout } from '../change.ts'
import { changeFacts, correlate, readImage, type CandidateChange, type CorrelatedIncident } from '../correlate.ts'

/** What can lead to a wrong answer: each case is a small history around one failure of checkout at 14:05. */
const repository = 'acme/deploy'
const manifest = 'apps/checkout/deployment.yaml'
const now = Date.parse('2026-11-20T15:00:00Z')
const sha = (letter: string): string => letter.repeat(40)
const at = (time: string): string => `2026-11-20T${time}Z`

const management: Management = {
  tool: 'argocd',
  application: 'argocd/checkout',
  repository,
  path: 'apps/checkout',
  branch: 'main',
  selfHeal: true,
}

function sync(to: string, from: string, time: string): Rollout {
  return { time: at(time), source: 'ArgoCD', revision: sha(to), previousRevision: sha(from), changes: [] }
}

function pods(time: string, ...changes: string[]): Rollout {
  return { time: at(time), source: 'ReplicaSet', revision: '12', previousRevision: '11', changes }
}

function incident(change: Partial<CorrelatedIncident> = {}): CorrelatedIncident {
  return {
    onset: at('14:05:00'),
    rule: 'POD_OOM_KILLED',
    workload: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
    spread: { namespaces: 1, nodeWide: false },
    rollouts: [],
    management,
    ...change,
  }
}

function patch(before: string, after: string, key = 'memory', parent = 'limits:'): string {
  return `@@ -1,3 +1,3 @@\n   ${parent}\n-    ${key}: ${before}\n+    ${key}: ${after}\n`
}

function commit(letter: string, time: string, diff: string, change: Partial<CandidateChange> = {}): CandidateChange {
  const [file = manifest] = change.files ?? []
  return {
    repository,
    sha: sha(letter),
    url: `https://github.com/${repository}/commit/${sha(letter)}`,
    title: 'Tune limits',
    author: 'Kim',
    committedAt: at(time),
    files: [manifest],
    facts: changeFacts(diff, file),
    ...change,
  }
}

function ranking(given: CorrelatedIncident, candidates: CandidateChange[]): string[] {
  return correlate(given, candidates, now).map((suspect) => `${suspect.sha[0]} ${suspect.confidence}`)
}

const lowered = patch('512Mi', '256Mi')
const raised = patch('256Mi', '512Mi')

describe('what was taken back', () => {
  test('what a later rollout put another value for is not what the failing pods run', () => {
    const first = commit('b', '12:00:00', patch('shop:1', 'shop:2', 'image', 'containers:'))
    const given = { rule: 'POD_CRASH_LOOP', rollouts: [pods('14:04:00', 'container app: image shop:2 → shop:3')] }
    expect(ranking(incident(given), [first])).toEqual(['b low'])
    const other = [pods('14:04:00', 'container app: image sidecar:2 → sidecar:3')]
    expect(ranking(incident({ ...given, rollouts: other }), [first])).toEqual(['b medium'])
  })

  test('a change that a revert undid before the onset is let off; the revert is judged by itself', () => {
    const rollouts = [sync('c', 'b', '13:30:00'), sync('b', 'a', '13:00:00')]
    const guilty = commit('b', '12:58:00', lowered, { containedIn: [sha('b')] })
    const revert = commit('c', '13:28:00', raised, { containedIn: [sha('c')], reverts: sha('b') })
    expect(ranking(incident({ rollouts }), [guilty, revert])).toEqual(['c medium'])
  })

  test('a revert that came after the onset clears nobody', () => {
    const rollouts = [sync('c', 'b', '14:20:00'), sync('b', 'a', '14:04:00')]
    const guilty = commit('b', '14:02:00', lowered, { containedIn: [sha('b')] })
    const revert = commit('c', '14:18:00', raised, { containedIn: [sha('c')], reverts: sha('b') })
    expect(ranking(incident({ rollouts }), [guilty, revert])).toEqual(['b high'])
  })

  test('a change and its revert in one sync were never in effect', () => {
    const rollouts = [sync('c', 'a', '14:04:00')]
    const contained = { containedIn: [sha('c')] }
    const pair = [
      commit('b', '14:00:00', lowered, contained),
      commit('c', '14:01:00', raised, { ...contained, reverts: sha('b') }),
    ]
    expect(ranking(incident({ rollouts }), pair)).toEqual([])
  })

  test('the revert of a revert brings the failure back', () => {
    const rollouts = [sync('d', 'c', '14:04:00'), sync('c', 'b', '12:00:00'), sync('b', 'a', '10:00:00')]
    const history = [
      commit('b', '09:58:00', lowered, { containedIn: [sha('b')] }),
      commit('c', '11:58:00', raised, { containedIn: [sha('c')], reverts: sha('b') }),
      commit('d', '14:02:00', lowered, { containedIn: [sha('d')], reverts: sha('c') }),
    ]
    expect(ranking(incident({ rollouts }), history)).toEqual(['d high'])
  })

  test('of a change, its revert and the revert of that in one sync the change is left', () => {
    const contained = { containedIn: [sha('d')] }
    const history = [
      commit('b', '14:00:00', lowered, contained),
      commit('c', '14:01:00', raised, { ...contained, reverts: sha('b') }),
      commit('d', '14:02:00', lowered, { ...contained, reverts: sha('c') }),
    ]
    expect(ranking(incident({ rollouts: [sync('d', 'a', '14:04:00')] }), history)).toEqual(['b high'])
  })

  test('a message that claims to revert does not shield a change it does not touch', () => {
    const rollouts = [sync('c', 'a', '14:04:00')]
    const contained = { containedIn: [sha('c')] }
    const guilty = commit('b', '14:00:00', lowered, contained)
    const claim = commit('c', '14:01:00', patch('1', '2', 'replicas', 'spec:'), { ...contained, reverts: sha('b') })
    const elsewhere = commit('e', '14:01:00', raised, { ...contained, reverts: sha('b'), files: ['apps/cart/d.yaml'] })
    expect(ranking(incident({ rollouts }), [guilty, claim, elsewhere])[0]).toBe('b high')
  })
})

describe('times that mislead', () => {
  test('what ran before the sync after which it failed is a lead at most; unless nobody knows what that sync brought', () => {
    const older = commit('b', '13:40:00', lowered)
    const harmless = commit('c', '14:02:00', patch('a', 'b', 'note', 'labels:'), { containedIn: [sha('c')] })
    const given = incident({ rollouts: [sync('c', 'a', '14:04:00')] })
    expect(ranking(given, [older, harmless])).toEqual(['c medium', 'b low'])
    expect(ranking(given, [older])).toEqual(['b medium'])
  })

  test('rebased commits with one time: the one that fits is first, wherever it stands', () => {
    const contained = { containedIn: [sha('9')] }
    const others = ['1', '2', '3'].map((letter) =>
      commit(letter, '14:03:07', patch('a', 'b', 'note', 'labels:'), contained),
    )
    const guilty = commit('9', '14:03:07', lowered, contained)
    const rollouts = [sync('9', 'a', '14:03:30')]
    expect(ranking(incident({ rollouts }), [...others, guilty])).toEqual(['9 high', '1 medium', '2 medium', '3 medium'])
  })

  test('a commit of weeks ago that is applied only now', () => {
    const old = commit('b', '14:00:00', lowered, { containedIn: [sha('c')], committedAt: '2026-10-01T08:00:00Z' })
    expect(ranking(incident({ rollouts: [sync('c', 'a', '14:04:00')] }), [old])).toEqual(['b high'])
  })

  test("a laptop's clock that is ahead: believed only where the rollout shows the very change", () => {
    const unmanaged = { ...management, tool: 'none' as const, application: '', selfHeal: false }
    const ahead = commit('b', '14:06:00', lowered)
    const shown = [pods('14:04:00', 'container app: limits.memory 512Mi → 256Mi')]
    expect(ranking(incident({ management: unmanaged, rollouts: shown }), [ahead])).toEqual(['b high'])
    const silent = [pods('14:04:00', 'container app: env A changed')]
    expect(ranking(incident({ management: unmanaged, rollouts: silent }), [ahead])).toEqual([])
    const wayAhead = commit('b', '14:30:00', lowered)
    expect(ranking(incident({ management: unmanaged, rollouts: shown }), [wayAhead])).toEqual([])
  })

  test('an onset that nobody knows counts as now, and the suspect says so', () => {
    const guilty = commit('b', '14:02:00', lowered, { containedIn: [sha('b')] })
    const [suspect] = correlate(incident({ onset: '', rollouts: [sync('b', 'a', '14:04:00')] }), [guilty], now)
    expect(suspect?.disproof[0]).toContain('The onset is not known')
    const [known] = correlate(incident({ rollouts: [sync('b', 'a', '14:04:00')] }), [guilty], now)
    expect(known?.disproof[0]).not.toContain('The onset is not known')
  })
})

describe('who shares the repository', () => {
  test.each<[string, string, Partial<CandidateChange>]>([
    ['its own folder', 'b high', {}],
    ["another application's folder", '', { files: ['apps/cart/deployment.yaml'] }],
    ['a folder whose name begins alike', '', { files: ['apps/checkout-api/deployment.yaml'] }],
    ['the ApplicationSet that makes it', 'b medium', { files: ['appsets/shops.yaml'] }],
    ['its Application beside the folder', 'b medium', { files: ['apps/checkout.yaml'] }],
  ])('%s: %s', (_, expected, change) => {
    const candidate = commit('b', '14:02:00', lowered, { containedIn: [sha('b')], ...change })
    const ranked = ranking(incident({ rollouts: [sync('b', 'a', '14:04:00')] }), [candidate])
    expect(ranked).toEqual(expected === '' ? [] : [expected])
  })

  test('two applications changed by one commit: only its own part explains anything', () => {
    const both = commit('b', '14:02:00', '', {
      containedIn: [sha('b')],
      files: [manifest, 'apps/cart/deployment.yaml'],
      facts: changeFacts(lowered, 'apps/cart/deployment.yaml'),
    })
    const [suspect] = correlate(incident({ rollouts: [sync('b', 'a', '14:04:00')] }), [both], now)
    expect(suspect?.reasons[2]).toContain('content 0.00')
  })

  test.each<[string, string, string, string]>([
    ['Helm values', 'apps/checkout/values-prod.yaml', patch('512Mi', '256Mi', 'memory', 'limits:'), 'POD_OOM_KILLED'],
    [
      'kustomize images',
      'apps/checkout/kustomization.yaml',
      patch('1.4.0', '1.5.0', 'newTag', 'images:'),
      'POD_CRASH_LOOP',
    ],
    [
      'an image bot',
      'apps/checkout/.argocd-source-checkout.yaml',
      '@@ -1,3 +1,3 @@\n kustomize:\n   images:\n-  - ghcr.io/acme/checkout:1.4.0\n+  - ghcr.io/acme/checkout:1.5.0\n',
      'POD_CRASH_LOOP',
    ],
  ])('%s', (_, file, diff, rule) => {
    const bot = { files: [file], author: 'renovate[bot]', containedIn: [sha('b')] }
    const ranked = ranking(incident({ rule, rollouts: [sync('b', 'a', '14:04:00')] }), [
      commit('b', '14:02:00', diff, bot),
    ])
    expect(ranked).toEqual(['b high'])
  })
})

describe('what fits and what does not', () => {
  const rollouts = [sync('b', 'a', '14:04:00')]
  const image = commit('1', '14:02:00', patch('shop:1', 'shop:2', 'image', 'containers:'), { containedIn: [sha('b')] })
  const config = commit('2', '14:02:00', patch('info', 'debug', 'LOG', 'data:'), {
    containedIn: [sha('b')],
    files: ['apps/checkout/configmap.yaml'],
  })

  test('an image that cannot be pulled comes of the image, not of the configuration', () => {
    expect(ranking(incident({ rule: 'POD_IMAGE_PULL', rollouts }), [config, image])).toEqual(['1 high', '2 medium'])
  })

  test('a container that cannot be configured comes of the configuration, not of the image', () => {
    expect(ranking(incident({ rule: 'POD_CONFIG_ERROR', rollouts }), [image, config])[0]).toBe('2 high')
  })

  test.each<[string, Partial<CorrelatedIncident>, string[]]>([
    ['the failure was there before', { knownBefore: true }, ['b low']],
    ['the whole node fails', { spread: { namespaces: 1, nodeWide: true } }, ['b low']],
    ['many namespaces fail', { spread: { namespaces: 5, nodeWide: false } }, ['b low']],
  ])('%s: a lead at most', (_, change, expected) => {
    const guilty = commit('b', '14:02:00', lowered, { containedIn: [sha('b')] })
    expect(ranking(incident({ rollouts, ...change }), [guilty])).toEqual(expected)
  })
})

describe('what an image was built from', () => {
  const brought = 'ghcr.io/acme/checkout:sha-1a2b3c4'
  const rollouts = [pods('14:04:00', `container app: image ghcr.io/acme/checkout:sha-0f0f0f0 → ${brought}`)]
  const built = (letter: string, commits: number): CandidateChange =>
    commit(letter, '13:00:00', '', {
      repository: 'acme/checkout',
      files: ['src/cart.ts'],
      builtInto: { image: brought, commits },
    })

  test('the only commit in it is the one; of several none is for certain', () => {
    expect(ranking(incident({ rule: 'POD_CRASH_LOOP', rollouts }), [built('1', 1)])).toEqual(['1 high'])
    const scores = correlate(incident({ rule: 'POD_CRASH_LOOP', rollouts }), [built('1', 2), built('2', 2)], now)
    expect(scores.map(({ score }) => score)).toEqual([0.83, 0.83])
  })

  test('one that was rolled out after the onset is none', () => {
    const late = [{ ...rollouts[0]!, time: at('14:06:00') }]
    expect(ranking(incident({ rule: 'POD_CRASH_LOOP', rollouts: late }), [built('1', 1)])).toEqual([])
  })

  test('what failed outside the cluster as well corroborates, by no more than its share', () => {
    const guilty = commit('b', '14:02:00', lowered, { containedIn: [sha('b')] })
    const given = incident({ rollouts: [sync('b', 'a', '14:04:00')] })
    const score = (candidate: CandidateChange): number => correlate(given, [candidate], now)[0]!.score
    expect(score({ ...guilty, failedChecks: ['pipeline CI'] }) - score(guilty)).toBeCloseTo(0.05)
    expect(score({ ...guilty, failedChecks: [] })).toBe(score(guilty))
  })

  test.each<[string, string, string | undefined]>([
    ['ghcr.io/acme/checkout:sha-1a2b3c4', 'acme/checkout', '1a2b3c4'],
    ['ghcr.io/acme/checkout:main-1a2b3c4d5e6f', 'acme/checkout', '1a2b3c4d5e6f'],
    ['registry.example.com:5000/team/acme/checkout:v1.4.2', 'team/acme/checkout', 'v1.4.2'],
    ['acme/checkout:5.8.0@sha256:abc', 'acme/checkout', '5.8.0'],
    ['checkout:1.4.2-3-g1a2b3c4', 'checkout', '1a2b3c4'],
    ['nginx:latest', 'nginx', undefined],
    ['nginx:20241120', 'nginx', undefined],
    ['nginx', 'nginx', undefined],
    ['localhost/app@sha256:abcdef1', 'app', undefined],
  ])('%s is %s at %s', (reference, path, revision) => {
    expect(readImage(reference)).toEqual(revision === undefined ? { path } : { path, revision })
  })
})
