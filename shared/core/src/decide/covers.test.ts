import { expect, test } from 'vitest'
import { incident, justNow, now, remembered, toldAt } from '../assess/testing.ts'
import type { Incident } from '../incident.ts'
import type { Sev } from '../policy.ts'
import type { RememberedIncident } from '../remember.ts'
import { minute, toInstant } from '../time.ts'
import { look } from './testing.ts'

const node = incident('node-2', null, null, {
  kind: 'Node',
  namespace: '',
  rule: 'NODE_NOT_READY',
  since: justNow(10 * minute),
  members: { count: 2, examples: ['Node//node-2', 'Deployment/default/n8n'] },
})
const n8n = incident('n8n', 0, 1)
const loki = incident('loki', 0, 1, { node: 'node-2' })
const other = incident('vault', 0, 1)

function follow(follower: Incident, sev: Sev = 'SEV-2', cause: Incident = node, causeSev: Sev = 'SEV-2') {
  return look([
    { incident: follower, sev },
    { incident: cause, sev: causeSev },
  ])[0]!
}

test('what an incident hits, or what sits on its node, is covered by its message', () => {
  expect(follow(n8n)).toEqual({
    notify: false,
    form: null,
    channel: null,
    next: null,
    coveredBy: node.fingerprint,
    reasons: ['Covered by the message about "Node node-2: NODE_NOT_READY" (SEV-2): it hits this one, too'],
  })
  expect(follow(loki).reasons[0]).toContain('all its faulty pods sit on that node')
  expect(follow(other)).toMatchObject({ notify: true, coveredBy: null })
})

test('a milder cause covers nothing worse', () => {
  expect(follow(n8n, 'SEV-1')).toMatchObject({ notify: true, coveredBy: null })
})

test('a cause that nobody is told of covers nothing', () => {
  const rebooting = { ...node, since: justNow(minute) }
  expect(follow(n8n, 'SEV-2', rebooting).notify).toBe(true)
  expect(follow(n8n, 'SEV-3', node, 'SEV-4').notify).toBe(true)
})

test('two that name each other: one is told', () => {
  const members = { count: 2, examples: [...n8n.members.examples, 'Deployment/default/vault'] }
  const decisions = look([
    { incident: { ...n8n, members }, sev: 'SEV-1' },
    { incident: { ...other, members }, sev: 'SEV-1' },
  ])
  expect(decisions.filter(({ notify }) => notify)).toHaveLength(1)
})

test('another guise of the same object is covered while the first lasts, unless it is worse', () => {
  const crash = incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP' })
  const guise = (sev: Sev, rest: Partial<RememberedIncident> = {}) => {
    const first = remembered(crash, { sev, told: toldAt(justNow(minute), sev), ...rest })
    return look([{ incident: n8n, sev: 'SEV-1' }], { others: [first] })[0]!
  }
  expect(guise('SEV-1').reasons[0]).toContain(
    '"Deployment n8n: POD_CRASH_LOOP" (SEV-1): the same object shows it in another way',
  )
  expect(guise('SEV-2').notify).toBe(true)
  expect(guise('SEV-1', { resolvedAt: justNow(minute) }).notify).toBe(true)
  const cluster = { kind: 'Cluster', namespace: '', name: 'home' }
  const api = { ...n8n, root: cluster }
  const before = remembered({ ...crash, root: cluster }, { sev: 'SEV-1', told: toldAt(justNow(minute), 'SEV-1') })
  expect(look([{ incident: api, sev: 'SEV-1' }], { others: [before] })[0]!.notify).toBe(true)
})

function after(cause: RememberedIncident, sev: Sev = 'SEV-2', over: string[] = []) {
  return look([{ incident: n8n, sev }], { others: [cause], over: new Set(over) })[0]!
}

test('after the cause is over, what lasts is told when it has had time to end', () => {
  const told = toldAt(justNow(20 * minute))
  const gone = (ago: number) => remembered(node, { told, resolvedAt: justNow(ago) })
  expect(after(gone(2 * minute))).toMatchObject({ notify: false, next: toInstant(now + 3 * minute) })
  expect(after(gone(5 * minute)).notify).toBe(true)
  // Over in this very look.
  expect(after(remembered(node, { told }), 'SEV-2', [node.fingerprint]).reasons[0]).toContain('is over; told if')
  // A look that could not see the cause does not end its cover.
  expect(after(remembered(node, { told })).coveredBy).toBe(node.fingerprint)
  expect(after(remembered(node, { told, sev: 'SEV-1' }), 'SEV-2').notify).toBe(false)
  expect(after(gone(2 * minute), 'SEV-1').notify).toBe(true)
})

test('a cause that is back, and waits to be told again, covers what it covered', () => {
  const back = (ago: number) => {
    const whole = { at: justNow(ago), sev: 'SEV-2' as const, form: 'full' as const }
    const before = remembered(node, { told: null, whole, openedAt: justNow(minute) })
    return look([
      { incident: n8n, sev: 'SEV-2' },
      { incident: node, sev: 'SEV-2', remembered: before },
    ])
  }
  expect(back(60 * minute).map(({ notify }) => notify)).toEqual([false, false])
  expect(back(60 * minute)[0]!.coveredBy).toBe(node.fingerprint)
  expect(back(240 * minute).map(({ notify }) => notify)).toEqual([false, true])
})
