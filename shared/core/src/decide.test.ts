import { describe, expect, test } from 'vitest'
import { incident, justNow, now, remembered, toldAt } from './assess/testing.ts'
import { businessHours } from './decide/business-hours.ts'
import { look, type Given } from './decide/testing.ts'
import { Policy, type Sev } from './policy.ts'
import type { RememberedIncident } from './remember.ts'
import { day, hour, minute, toInstant } from './time.ts'

const one = incident('n8n', 0, 1)

function decideOn(sev: Sev, before?: Partial<RememberedIncident>, rest: Partial<Given> = {}, at = now) {
  const given = { incident: one, sev, ...(before ? { remembered: remembered(one, { sev, ...before }) } : {}), ...rest }
  return look([given], { at })[0]!
}
/** Told whole some time ago, with a message of its own. */
const told = (sev: Sev, ago: number, rest = {}) => ({ told: toldAt(justNow(ago), sev, rest) })

describe('who is told of something new', () => {
  test.for([
    ['SEV-1', 'full', '#critical-alerts', 15],
    ['SEV-2', 'full', '#infrastructure-alerts', 30],
    ['SEV-3', 'digest', '#infrastructure-alerts', null],
  ] as const)('%s', ([sev, form, channel, minutes]) => {
    const next = minutes === null ? null : toInstant(now + minutes * minute)
    const reasons = [`${sev} is new`]
    expect(decideOn(sev)).toEqual({ notify: true, form, channel, next, coveredBy: null, reasons })
  })

  test('SEV-4 and known behaviour: nobody', () => {
    expect(decideOn('SEV-4')).toMatchObject({ notify: false, form: null, reasons: ['SEV-4 is recorded, never told'] })
    const known = { kind: 'slow-start', note: '' }
    expect(decideOn('SEV-4', undefined, { rest: { known } }).reasons).toEqual([
      'Known behaviour (slow-start) is no incident',
    ])
  })
})

describe('what was told and lasts', () => {
  test.for<[string, Sev, Partial<RememberedIncident>, string | null, string]>([
    ['is quiet until the next update', 'SEV-1', told('SEV-1', 14 * minute), null, 'still ongoing'],
    ['SEV-1 is updated every 15 minutes', 'SEV-1', told('SEV-1', 15 * minute), 'update', 'every 15m'],
    ['SEV-2 is updated every 30 minutes', 'SEV-2', told('SEV-2', 29 * minute), null, 'still ongoing'],
    ['SEV-2 is updated then', 'SEV-2', told('SEV-2', 30 * minute), 'update', 'every 30m'],
    ['SEV-3 is told once', 'SEV-3', told('SEV-3', 5 * day), null, 'still ongoing'],
    [
      'a message of a digest is not updated',
      'SEV-1',
      { ...told('SEV-1', day), whole: { at: justNow(day), sev: 'SEV-1', form: 'digest' } },
      null,
      'still ongoing',
    ],
    [
      'after three hours updates end',
      'SEV-1',
      told('SEV-1', 10 * minute, { since: justNow(3 * hour), escalatedAt: justNow(2 * hour) }),
      null,
      'still ongoing',
    ],
    [
      'and it is told whole every four',
      'SEV-1',
      {
        ...told('SEV-1', 70 * minute, { since: justNow(4 * hour), escalatedAt: justNow(hour) }),
        whole: { at: justNow(4 * hour), sev: 'SEV-1', form: 'full' },
      },
      'full',
      'told whole again every 4h',
    ],
    ['what waits in the outbox is not called told', 'SEV-1', told('SEV-1', minute, { ts: null }), null, 'still waits'],
  ])('%s', ([, sev, before, form, reason]) => {
    const decision = decideOn(sev, before)
    expect(decision.form).toBe(form)
    expect(decision.reasons[0]).toContain(reason)
  })

  test('says when it is said again', () => {
    expect(decideOn('SEV-1', told('SEV-1', 10 * minute)).next).toBe(toInstant(now + 5 * minute))
    expect(decideOn('SEV-1', told('SEV-1', 15 * minute)).next).toBe(toInstant(now + 15 * minute))
    expect(decideOn('SEV-3', told('SEV-3', 10 * minute)).next).toBeNull()
  })

  test.for<[string, Sev, number, Partial<Given>, string | null]>([
    ['SEV-1 after half an hour', 'SEV-1', 30, {}, 'escalation'],
    ['SEV-1 not before', 'SEV-1', 29, {}, null],
    ['SEV-2 after two hours', 'SEV-2', 120, {}, 'escalation'],
    ['SEV-2 not before', 'SEV-2', 119, {}, null],
    [
      'not when somebody has it',
      'SEV-1',
      30,
      { handling: { acknowledgement: { by: 'Ari', at: justNow(minute), sev: 'SEV-1' }, silence: null } },
      null,
    ],
  ])('nobody acknowledged it: %s', ([, sev, minutes, rest, form]) => {
    const before = told(sev, 5 * minute, { since: justNow(minutes * minute) })
    const decision = decideOn(sev, before, rest)
    expect(decision).toMatchObject({ form, channel: form === null ? null : '#critical-alerts' })
    const again = { told: { ...before.told, escalatedAt: justNow(minute) } }
    expect(decideOn(sev, again, rest).form).toBeNull()
  })
})

describe('what was told and changes', () => {
  /** Told whole as SEV-1, then that it had improved. */
  const improved = (ago: number): Partial<RememberedIncident> => ({
    ...told('SEV-2', 15 * minute),
    sev: 'SEV-2',
    whole: { at: justNow(ago), sev: 'SEV-1', form: 'full' },
  })
  /** Told whole, over, and open again for some time without a word. */
  const backSince = (ago: number): Partial<RememberedIncident> => ({
    ...told('SEV-1', hour),
    told: null,
    whole: { at: justNow(hour), sev: 'SEV-1', form: 'full' },
    openedAt: justNow(ago),
  })
  const flaps = { ...told('SEV-1', hour), flapping: true }
  test.for<[string, Sev, Partial<RememberedIncident>, string | null, string]>([
    [
      'worse is told whole',
      'SEV-1',
      { sev: 'SEV-2', ...told('SEV-2', minute) },
      'full',
      'It got worse: SEV-2 was told at 2026-11-19T13:59:00Z, now it is SEV-1',
    ],
    ['a worsening whose telling failed', 'SEV-1', { sev: 'SEV-1', ...told('SEV-2', minute) }, 'full', 'It got worse'],
    ['one whose telling failed at all', 'SEV-1', { told: null }, 'full', 'has not been told yet'],
    ['improved is quiet', 'SEV-2', { sev: 'SEV-1', ...told('SEV-1', minute) }, null, 'it has improved'],
    ['worse again soon: brief', 'SEV-1', improved(hour), 'update', 'SEV-1 again after'],
    ['worse again later: whole', 'SEV-1', improved(4 * hour), 'full', 'SEV-1 again after'],
    [
      'worse again, and nobody was told that it had improved: quiet until the next update',
      'SEV-1',
      { sev: 'SEV-2', ...told('SEV-1', 10 * minute) },
      null,
      'Already told',
    ],
    [
      'back after a while: brief',
      'SEV-1',
      { resolvedAt: justNow(30 * minute), ...told('SEV-1', hour) },
      'update',
      'came back',
    ],
    [
      'back at once: not yet',
      'SEV-1',
      { resolvedAt: justNow(29 * minute), ...told('SEV-1', hour) },
      null,
      'if it lasts 5m',
    ],
    ['back at once and still young: not yet', 'SEV-1', backSince(4 * minute), null, 'if it lasts 5m'],
    ['back at once and lasting: brief', 'SEV-1', backSince(5 * minute), 'update', 'came back'],
    [
      'SEV-3 back that was told as SEV-2: quiet',
      'SEV-3',
      { sev: 'SEV-3', resolvedAt: justNow(2 * hour), ...told('SEV-2', 2.5 * hour) },
      null,
      'It came back; it was told',
    ],
    ['back later: whole', 'SEV-1', { resolvedAt: justNow(minute), ...told('SEV-1', 4 * hour) }, 'full', 'within a day'],
    ['back and worse: whole', 'SEV-1', { resolvedAt: justNow(minute), ...told('SEV-2', hour) }, 'full', 'within a day'],
    [
      'SEV-3 back in a digest that told it: quiet',
      'SEV-3',
      { resolvedAt: justNow(minute), whole: { at: justNow(hour), sev: 'SEV-3', form: 'digest' } },
      null,
      'It came back; it was told',
    ],
    ['flapping begins: one line', 'SEV-1', { looks: '01010', ...told('SEV-1', minute) }, 'update', 'it flaps'],
    [
      'flapping begins where its return was not told',
      'SEV-1',
      { looks: '01010', ...backSince(0) },
      'update',
      'it flaps',
    ],
    ['flapping that stays is told as what lasts', 'SEV-1', { ...flaps, looks: '010101011111' }, 'escalation', 'Nobody'],
    ['flapping that may stay: quiet', 'SEV-1', { ...flaps, looks: '01010101110111' }, null, 'not told'],
    [
      'SEV-3 flapping begins: quiet',
      'SEV-3',
      { sev: 'SEV-3', looks: '01010', ...told('SEV-3', minute) },
      null,
      'not told',
    ],
    ['flapping: quiet', 'SEV-1', { looks: '01010', flapping: true, ...told('SEV-1', hour) }, null, 'not told'],
    [
      'flapping and worse than told: whole',
      'SEV-1',
      { looks: '01010', flapping: true, ...told('SEV-2', hour) },
      'full',
      'It got worse',
    ],
    [
      'flapping and never told: whole',
      'SEV-1',
      { looks: '01010', flapping: true, told: null },
      'full',
      'not been told',
    ],
  ])('%s', ([, sev, before, form, reason]) => {
    const decision = decideOn(sev, before)
    expect(decision.form).toBe(form)
    expect(decision.reasons[0]).toContain(reason)
    expect(decision.notify).toBe(form !== null)
  })
})

describe('SEV-3 and business hours (09:00 to 17:00 in Berlin, an hour ahead of UTC)', () => {
  test.for([
    ['2026-11-19T08:00:00Z', true],
    ['2026-11-19T15:59:00Z', true],
    ['2026-11-19T16:00:00Z', false],
    ['2026-11-20T07:59:00Z', false],
    ['2026-11-21T12:00:00Z', false],
    ['2026-11-23T12:00:00Z', false],
  ] as const)('%s: %s', ([at, notify]) => {
    expect(decideOn('SEV-3', undefined, {}, Date.parse(at)).notify).toBe(notify)
  })

  test('says when: past the weekend and the holiday', () => {
    expect(decideOn('SEV-3', undefined, {}, Date.parse('2026-11-20T20:00:00Z'))).toMatchObject({
      next: '2026-11-24T08:00:00Z',
      reasons: [
        'SEV-3 is told in business hours only (mon, tue, wed, thu, fri 09:00 to 17:00 Europe/Berlin): it will be told from tue 2026-11-24 09:00 Europe/Berlin on if it lasts',
      ],
    })
  })

  test('what was kept for the morning is told then', () => {
    expect(decideOn('SEV-3', { told: null }, {}, Date.parse('2026-11-20T08:30:00Z'))).toMatchObject({
      form: 'digest',
      reasons: ['SEV-3 has not been told yet'],
    })
  })

  test('hours past midnight belong to the day they begin on; no day at all never opens', () => {
    const night = Policy.parse({ businessHours: { from: '22:00', to: '06:00', days: ['fri'] } }).businessHours
    expect(businessHours(night, Date.parse('2026-11-21T03:00:00Z')).open).toBe(true)
    expect(businessHours(night, Date.parse('2026-11-20T03:00:00Z')).open).toBe(false)
    expect(businessHours(night, Date.parse('2026-11-21T07:00:00Z')).next).toContain('fri 2026-11-27 22:00')
    const never = Policy.parse({ businessHours: { days: [] } }).businessHours
    expect(businessHours(never, now)).toMatchObject({ open: false, begin: null })
  })
})

describe('silences and acknowledgements', () => {
  const silence = { by: 'Ari', at: justNow(hour), until: justNow(-hour), sev: 'SEV-2' as const }
  test('a silence says when it ends', () => {
    const handling = { acknowledgement: null, silence }
    expect(decideOn('SEV-2', undefined, { handling })).toMatchObject({ notify: false, next: silence.until })
    expect(decideOn('SEV-1', undefined, { handling }).notify).toBe(true)
  })
  test('what is acknowledged is quiet until it is worse', () => {
    const handling = { acknowledgement: { by: 'Ari', at: justNow(hour), sev: 'SEV-2' as const }, silence: null }
    expect(decideOn('SEV-2', told('SEV-2', day), { handling })).toMatchObject({ notify: false, next: null })
    expect(decideOn('SEV-1', told('SEV-2', day), { handling })).toMatchObject({ form: 'full' })
  })
})

const node = (ago: number) =>
  incident('node-2', null, null, { kind: 'Node', namespace: '', rule: 'NODE_NOT_READY', since: justNow(ago) })

test('a node that may be rebooting is told after five minutes, and at once when a vital service goes with it', () => {
  expect(look([{ incident: node(2 * minute), sev: 'SEV-2' }])[0]).toMatchObject({
    notify: false,
    next: toInstant(now + 3 * minute),
  })
  expect(look([{ incident: node(5 * minute), sev: 'SEV-2' }])[0]!.notify).toBe(true)
  expect(look([{ incident: node(2 * minute), sev: 'SEV-1' }])[0]!.notify).toBe(true)
  const pressed = { ...node(2 * minute), rule: 'NODE_PRESSURE' }
  expect(look([{ incident: pressed, sev: 'SEV-2' }])[0]!.notify).toBe(true)
})
