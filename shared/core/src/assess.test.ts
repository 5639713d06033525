import { describe, expect, test } from 'vitest'
import { assess, type AssessInput } from './assess.ts'
import { incident, justNow, now, remembered, seedCatalog } from './assess/testing.ts'
import { Policy, ServiceCatalog } from './policy.ts'
import { hour, minute, toInstant } from './time.ts'
import type { Incident } from './incident.ts'

const policy = Policy.parse({})

function judge(incidents: Incident[], rest: Partial<AssessInput> = {}) {
  const input = {
    cluster: 'home',
    coverage: [],
    catalog: seedCatalog,
    hasCatalog: true,
    policy,
    history: { incidents: [] },
  }
  return assess({ ...input, incidents, ...rest }, now)
}
function judgeOne(one: Incident, rest: Partial<AssessInput> = {}) {
  return judge([one], rest)[0]!
}

/** Nothing of it is ready for `since`, and its container has run for `up`. */
function started(name: string, since: number, up = since) {
  const one = incident(name, 0, 2, { since: justNow(since) })
  return judgeOne({ ...one, affected: [{ ...one.affected[0]!, startedAt: justNow(up) }] })
}

describe('a P0 service', () => {
  test('with no ready pod is SEV-1, in a sentence', () => {
    const verdict = judgeOne(
      incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP', since: justNow(2 * minute) }),
    )
    expect(verdict).toMatchObject({
      sev: 'SEV-1',
      priority: 'P0',
      service: 'chores-tracker-backend',
      state: 'new',
      downtimeSeconds: 120,
      toleranceSeconds: 0,
      impact: 'Nobody can see their chores.',
      known: null,
      told: null,
    })
    expect(verdict.reasons).toEqual([
      'P0 service chores-tracker-backend has 0 of 2 replicas ready: down for 2m, tolerance 0m',
    ])
  })

  test('that still serves is SEV-2, and its impact a risk', () => {
    const verdict = judgeOne(incident('chores-tracker-backend', 1, 2, { rule: 'POD_CRASH_LOOP' }))
    expect(verdict).toMatchObject({ sev: 'SEV-2', downtimeSeconds: 0, impact: 'At risk: Nobody can see their chores.' })
    expect(verdict.reasons).toEqual(['P0 service chores-tracker-backend still serves with 1 of 2 replicas ready'])
  })

  test.for([
    ['critical, readiness unknown', null, 'critical', 'SEV-2'],
    ['warning, readiness unknown', null, 'warning', 'SEV-3'],
    ['warning, all ready', 2, 'warning', 'SEV-3'],
    ['critical, all ready', 2, 'critical', 'SEV-3'],
    ['info, all ready', 2, 'info', 'SEV-4'],
    ['info says the caller, but none is ready', 0, 'info', 'SEV-1'],
  ] as const)('%s', ([, ready, severity, sev]) => {
    expect(judgeOne(incident('n8n', ready, ready === null ? null : 2, { severity })).sev).toBe(sev)
  })

  test('within a tolerance of its own is SEV-2, beyond it SEV-1', () => {
    expect(judgeOne(incident('oncall-agent', 0, 1, { since: justNow(4 * minute) })).sev).toBe('SEV-2')
    expect(judgeOne(incident('oncall-agent', 0, 1, { since: justNow(6 * minute) })).sev).toBe('SEV-1')
  })

  test('scaled to zero by its owner is not down', () => {
    expect(judgeOne(incident('n8n', 0, 0, { severity: 'warning' })).sev).toBe('SEV-3')
  })

  test('two failing at once are SEV-1 each, though both serve', () => {
    const verdicts = judge([
      incident('chores-tracker-backend', 1, 2, { rule: 'POD_CRASH_LOOP' }),
      incident('chores-tracker-frontend', 1, 2),
      incident('whoami-test', 0, 1),
    ])
    expect(verdicts.map((verdict) => verdict.sev)).toEqual(['SEV-1', 'SEV-1', 'SEV-4'])
    expect(verdicts[0]!.reasons).toContain(
      '2 P0 services fail at once: chores-tracker-backend, chores-tracker-frontend',
    )
  })

  test('known behaviour and warnings do not count as failing at once', () => {
    const slow = incident('chores-tracker-backend', 1, 2, { since: justNow(minute) })
    expect(judge([slow, incident('chores-tracker-frontend', 1, 2)])[1]!.sev).toBe('SEV-2')
    expect(
      judge([incident('n8n', 1, 2, { severity: 'warning' }), incident('chores-tracker-frontend', 1, 2)])[1]!.sev,
    ).toBe('SEV-2')
  })
})

describe('what is always SEV-1', () => {
  test.for([
    [
      'data layer',
      incident('mysql', 0, 1, { kind: 'StatefulSet', rule: 'POD_OOM_KILLED', since: justNow(0) }),
      'It is the data layer: losing it is always SEV-1',
    ],
    ['data layer of low priority', incident('cache', 0, 1), 'It is the data layer: losing it is always SEV-1'],
    [
      'ingress',
      incident('ingress-nginx-controller', 0, 1, { namespace: 'ingress-nginx' }),
      'It is the ingress: losing it is always SEV-1',
    ],
    [
      'cluster DNS',
      incident('coredns', 0, 2, { namespace: 'kube-system' }),
      'It is the cluster DNS: losing it is always SEV-1',
    ],
    [
      'the API',
      incident('home', null, null, { kind: 'Cluster', namespace: '', rule: 'API_UNREACHABLE' }),
      'The cluster itself is at fault: nothing in it can be seen or counted on',
    ],
  ] as const)('%s', ([, one, reason]) => {
    const verdict = judgeOne(one)
    expect(verdict.sev).toBe('SEV-1')
    expect(verdict.reasons).toContain(reason)
  })

  test('cluster DNS that still serves is SEV-2, and no service of the catalog', () => {
    expect(judgeOne(incident('coredns', 1, 2, { namespace: 'kube-system' }))).toMatchObject({
      sev: 'SEV-2',
      priority: 'P0',
      service: null,
    })
  })
})

describe('a P1 service', () => {
  test.for([
    ['down within tolerance', 0, 10, 'SEV-3'],
    ['down beyond tolerance', 0, 16, 'SEV-2'],
    ['degraded for long', 1, 600, 'SEV-3'],
  ] as const)('%s', ([, ready, minutes, sev]) => {
    expect(judgeOne(incident('cert-manager', ready, 2, { since: justNow(minutes * minute) })).sev).toBe(sev)
  })

  test('whose P0 dependants suffer is SEV-2 at once', () => {
    const vault = incident('vault', 0, 1, { kind: 'StatefulSet', rule: 'POD_CRASH_LOOP', since: justNow(minute) })
    expect(judge([vault])[0]!.sev).toBe('SEV-3')
    const verdict = judge([vault, incident('n8n', 0, 1)])[0]!
    expect(verdict.sev).toBe('SEV-2')
    expect(verdict.reasons).toContain('P0 n8n needs it and suffers')
  })

  test('down since an unknown time counts from its first sighting', () => {
    const one = incident('cert-manager', 0, 1, { since: null })
    expect(judgeOne(one)).toMatchObject({ sev: 'SEV-3', downtimeSeconds: 0 })
    const known = remembered(one, { openedAt: justNow(hour), since: null })
    expect(judgeOne(one, { history: { incidents: [known] } })).toMatchObject({ sev: 'SEV-2', downtimeSeconds: 3600 })
  })
})

describe('support services and what the catalog does not name', () => {
  test.for([
    ['P2 down within tolerance', incident('loki', 0, 1, { since: justNow(hour) }), 'SEV-4'],
    ['P2 down beyond tolerance', incident('loki', 0, 1, { since: justNow(5 * hour) }), 'SEV-3'],
    ['P3 down for days', incident('whoami-test', 0, 1, { since: justNow(90 * hour) }), 'SEV-4'],
    ['unlisted, as P2', incident('somebody', 0, 1, { since: justNow(5 * hour) }), 'SEV-3'],
  ] as const)('%s', ([, one, sev]) => {
    expect(judgeOne(one).sev).toBe(sev)
  })

  test('without a catalog everything is P1; the policy can say otherwise', () => {
    const one = incident('somebody', 0, 1, { since: justNow(20 * minute) })
    const bare = { catalog: ServiceCatalog.parse({}), hasCatalog: false }
    expect(judgeOne(one, bare)).toMatchObject({ sev: 'SEV-2', priority: 'P1', service: null })
    expect(judgeOne(one, bare).reasons[0]).toBe(
      'Deployment default/somebody (P1) has 0 of 1 replicas ready: down for 20m, tolerance 15m',
    )
    expect(judgeOne(one, { ...bare, policy: Policy.parse({ unlistedPriority: 'P0' }) }).sev).toBe('SEV-1')
  })
})

describe('a cause outside any service', () => {
  const node = incident('node-2', null, null, { kind: 'Node', namespace: '', rule: 'NODE_NOT_READY' })
  test('a node not ready is SEV-2 even when nothing is known to suffer', () => {
    expect(judgeOne(node)).toMatchObject({ sev: 'SEV-2', priority: 'P2' })
    expect(judgeOne({ ...node, severity: 'warning' }).sev).toBe('SEV-4')
  })
  test('takes the gravest of the services that suffer from it, and leaves out those that do not', () => {
    const affected = [
      { kind: 'Deployment', namespace: 'default', name: 'whoami-test', ready: 0, desired: 1 },
      { kind: 'StatefulSet', namespace: 'default', name: 'mysql', ready: 0, desired: 1 },
      { kind: 'Deployment', namespace: 'default', name: 'n8n', ready: 1, desired: 1 },
    ]
    const verdict = judgeOne({ ...node, affected })
    expect(verdict).toMatchObject({ sev: 'SEV-1', priority: 'P0', service: 'mysql', owners: ['data team'] })
    expect(verdict.reasons.join('\n')).not.toContain('n8n')
  })
})

describe('known behaviour', () => {
  test.for([
    ['slow start within its time', incident('chores-tracker-backend', 0, 2, { since: justNow(5 * minute) }), true],
    ['slow start, onset unknown', incident('chores-tracker-backend', 0, 2, { since: null }), true],
    ['a start that takes too long', incident('chores-tracker-backend', 0, 2, { since: justNow(7 * minute) }), false],
    [
      'stalled rollout within the time',
      incident('chores-tracker-backend', 1, 2, { rule: 'WORKLOAD_ROLLOUT_STALLED', since: justNow(minute) }),
      true,
    ],
    [
      'a crash while starting',
      incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP', since: justNow(minute) }),
      false,
    ],
    [
      'an OOM kill while starting',
      incident('chores-tracker-backend', 0, 2, { rule: 'POD_OOM_KILLED', since: justNow(minute) }),
      false,
    ],
    ['vault sealed after a restart', incident('vault', 0, 1, { kind: 'StatefulSet', since: justNow(3 * hour) }), true],
    ['vault in a crash loop', incident('vault', 0, 1, { kind: 'StatefulSet', rule: 'POD_CRASH_LOOP' }), false],
    ['mysql down, with one replica by design', incident('mysql', 0, 1, { kind: 'StatefulSet' }), false],
  ] as const)('%s: %#', ([, one, known]) => {
    const verdict = judgeOne(one)
    expect(verdict.known !== null).toBe(known)
    expect(verdict.sev === 'SEV-4').toBe(known)
  })

  test('says so', () => {
    expect(judgeOne(incident('chores-tracker-backend', 0, 2, { since: justNow(5 * minute) })).reasons).toEqual([
      'Known behaviour of chores-tracker-backend, no incident: a start may take 6m, 5m so far (initialDelaySeconds 300 to 360)',
    ])
    expect(judgeOne(incident('vault', 0, 1)).reasons).toEqual([
      'Known behaviour of vault, no incident: it waits to be unsealed by hand, which may take 4h, 60s so far (a person unseals it after each restart)',
    ])
    expect(judgeOne(incident('mysql', 0, 1)).reasons).toContain('It runs one replica by design, so nothing takes over')
  })

  test.for([
    ['its container started as it became unready', 5 * minute, 5 * minute, 'Known behaviour of'],
    ['the workload became short only while it started', minute, 5 * minute, 'Known behaviour of'],
    ['it had been up for days', minute, 72 * hour, 'It had been up for 2d23h before, so this is no slow start'],
    [
      'its start takes longer than it may',
      7 * minute,
      7 * minute,
      'Its slow start may take 6m; this one has taken 7m, so it is an incident',
    ],
    [
      'it is restarted again and again and never gets ready',
      20 * minute,
      minute,
      'Its slow start may take 6m; this one has taken 20m, so it is an incident',
    ],
  ] as const)('a slow start, where %s', ([, since, startedAt, reason]) => {
    const verdict = started('chores-tracker-backend', since, startedAt)
    expect(verdict.reasons.join('\n')).toContain(reason)
    expect(verdict.known !== null).toBe(reason.startsWith('Known'))
  })

  test('a vault sealed for longer than people take, or after it had been up, is an incident', () => {
    expect(started('vault', 3 * hour).known?.kind).toBe('manual-unseal')
    expect(started('vault', 5 * hour)).toMatchObject({ known: null, sev: 'SEV-2' })
    expect(started('vault', hour, 30 * hour)).toMatchObject({ known: null, sev: 'SEV-2' })
    expect(started('vault', hour, 30 * hour).reasons).toContain(
      'It had been up for 29h before, so this is no wait to be unsealed by hand',
    )
  })

  test('does not excuse what others suffer from it', () => {
    const affected = [
      { kind: 'Deployment', namespace: 'default', name: 'vault', ready: 0, desired: 1 },
      { kind: 'Deployment', namespace: 'default', name: 'n8n', ready: 0, desired: 1 },
    ]
    expect(judgeOne({ ...incident('vault', 0, 1), affected })).toMatchObject({
      sev: 'SEV-1',
      service: 'n8n',
      known: null,
    })
  })
})

describe('a caller', () => {
  const one = incident('cert-manager', 1, 2)
  const raise = (to: 'SEV-1' | 'SEV-2' | 'SEV-4', rest: Partial<AssessInput> = {}) =>
    judgeOne(one, {
      raises: new Map([[one.fingerprint, { to, reason: 'the last valid certificate ends today' }]]),
      ...rest,
    })

  test('can raise a SEV, and the reason stands first', () => {
    expect(raise('SEV-2')).toMatchObject({ sev: 'SEV-2', raised: { to: 'SEV-2' } })
    expect(raise('SEV-2').reasons[0]).toBe(
      'Raised from SEV-3 to SEV-2 by a caller: the last valid certificate ends today',
    )
  })

  test('cannot lower one', () => {
    expect(raise('SEV-4')).toMatchObject({ sev: 'SEV-3', raised: null })
  })

  test('raises for as long as the episode lasts', () => {
    const raised = { to: 'SEV-2' as const, reason: 'the last valid certificate ends today' }
    const before = (resolvedAt: string | null) => ({
      history: { incidents: [remembered(one, { sev: 'SEV-2', raised, resolvedAt })] },
    })
    expect(judgeOne(one, before(null))).toMatchObject({ sev: 'SEV-2', state: 'ongoing', raised })
    expect(judgeOne(one, before(justNow(minute)))).toMatchObject({ sev: 'SEV-3', raised: null })
    expect(raise('SEV-1', before(null)).sev).toBe('SEV-1')
  })

  test('finds known behaviour to be an incident', () => {
    const vault = incident('vault', 0, 1)
    const raises = new Map([[vault.fingerprint, { to: 'SEV-2' as const, reason: 'its storage is gone, not its key' }]])
    expect(judgeOne(vault, { raises })).toMatchObject({ sev: 'SEV-2', known: null })
  })
})

test('the state comes from what is remembered', () => {
  const one = incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP' })
  const state = (sev: 'SEV-1' | 'SEV-2', resolvedAt: string | null = null) =>
    judgeOne(one, { history: { incidents: [remembered(one, { sev, resolvedAt })] } }).state
  expect(state('SEV-1')).toBe('ongoing')
  expect(state('SEV-2')).toBe('escalated')
  expect(state('SEV-1', justNow(hour))).toBe('reopened')
  expect(state('SEV-1', toInstant(now - 25 * hour))).toBe('new')
  const flaps = (sev: 'SEV-1' | 'SEV-2', resolvedAt: string | null, looks = '01010') =>
    judgeOne(one, { history: { incidents: [remembered(one, { sev, resolvedAt, looks })] } }).state
  expect(flaps('SEV-1', justNow(hour))).toBe('flapping')
  expect(flaps('SEV-1', justNow(hour), '010')).toBe('reopened')
  expect(flaps('SEV-2', null)).toBe('escalated')
})

test.for(['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'a while ago'])('an onset of %s is none', (since) => {
  const verdict = judgeOne(incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP', since }))
  expect(verdict).toMatchObject({ since: null, downtimeSeconds: 0, sev: 'SEV-1' })
  expect(verdict.reasons[0]).toContain('down since an unknown time')
})
