import { expect, test } from 'vitest'
import { incident, now } from '../assess/testing.ts'
import { Policy } from '../policy.ts'
import { hour } from '../time.ts'
import { look } from './testing.ts'

const n8n = incident('n8n', 0, 1, { namespace: 'automation' })
const once = { reason: 'storage move', from: '2026-11-19T13:00:00Z', to: '2026-11-19T15:00:00Z' }
const nightly = { reason: 'backups', days: ['thu'], from: '23:00', to: '01:00', timeZone: 'Europe/Berlin' }

function within(window: object, at = now) {
  return look([{ incident: n8n, sev: 'SEV-1' }], { at, policy: Policy.parse({ maintenance: [window] }) })[0]!
}

test('nobody is told in a window, and everybody knows until when', () => {
  expect(within({ ...once, selectors: [{ namespace: 'automation' }] })).toMatchObject({
    notify: false,
    next: once.to,
    reasons: ['Maintenance until 2026-11-19T15:00:00Z: storage move'],
  })
})

test.for<[string, object, boolean]>([
  ['service', { service: 'n8n' }, false],
  ['another service', { service: 'vault' }, true],
  ['another namespace', { namespace: 'shop' }, true],
  ['namespaces by pattern', { namespace: 'auto*' }, false],
  ['the whole cluster', { cluster: 'home' }, false],
  ['another cluster', { cluster: 'work' }, true],
  ['kind and name', { kind: 'Deployment', name: 'n8n' }, false],
])('a window for %s', ([, selector, notify]) => {
  expect(within({ ...once, selectors: [selector] }).notify).toBe(notify)
})

test.for<[string, string, boolean]>([
  ['before', '2026-11-19T12:59:59Z', true],
  ['at its begin', '2026-11-19T13:00:00Z', false],
  ['at its end', '2026-11-19T15:00:00Z', true],
])('once: %s', ([, at, notify]) => {
  expect(within({ ...once, selectors: [{}] }, Date.parse(at)).notify).toBe(notify)
})

test.for<[string, string, boolean]>([
  ['thursday 22:59 in Berlin', '2026-11-19T21:59:00Z', true],
  ['thursday 23:00', '2026-11-19T22:00:00Z', false],
  ['past midnight', '2026-11-19T23:30:00Z', false],
  ['friday 01:00', '2026-11-20T00:00:00Z', true],
  ['friday night', '2026-11-20T22:30:00Z', true],
])('every week: %s', ([, at, notify]) => {
  expect(within({ ...nightly, selectors: [{}] }, Date.parse(at)).notify).toBe(notify)
})

test('a weekly window ends on the clock of its zone, whatever that does in between', () => {
  const summerEnds = { ...nightly, days: ['sat'], from: '22:00', to: '06:00' }
  expect(within({ ...summerEnds, selectors: [{}] }, Date.parse('2026-10-24T22:00:00Z')).next).toBe(
    '2026-10-25T05:00:00Z',
  )
})

test('of two windows the one that ends last counts', () => {
  const maintenance = [once, { ...once, to: new Date(now + 3 * hour).toISOString() }].map((window) => ({
    ...window,
    selectors: [{}],
  }))
  expect(look([{ incident: n8n, sev: 'SEV-1' }], { policy: Policy.parse({ maintenance }) })[0]!.next).toBe(
    '2026-11-19T17:00:00Z',
  )
})

test.for<[string, object]>([
  ['no selector', { ...once, selectors: [] }],
  ['an end before its begin', { ...once, to: '2026-11-19T12:00:00Z', selectors: [{}] }],
  ['a time without a zone', { ...once, from: '2026-11-19T13:00:00', selectors: [{}] }],
  ['no reason', { ...once, reason: '', selectors: [{}] }],
  ['an unknown weekday', { ...nightly, days: ['funday'], selectors: [{}] }],
])('a window with %s is refused', ([, window]) => {
  expect(Policy.safeParse({ maintenance: [window] }).success).toBe(false)
})
