import { describe, expect, test } from 'vitest'
import type { Assessed } from './assess.ts'
import { incident, justNow, now, remembered } from './assess/testing.ts'
import { decide } from './decide.ts'
import { businessHours } from './decide/business-hours.ts'
import { Policy } from './policy.ts'
import type { RememberedIncident } from './remember.ts'
import { hour } from './time.ts'

const one = incident('n8n', 0, 1)
const policy = Policy.parse({ businessHours: { timeZone: 'Europe/Berlin', holidays: ['2026-11-23'] } })

function assessed(rest: Partial<Assessed> = {}): Assessed {
  return {
    fingerprint: one.fingerprint,
    state: 'new',
    sev: 'SEV-1',
    priority: 'P0',
    service: 'n8n',
    impact: '',
    owners: [],
    known: null,
    since: null,
    downtimeSeconds: 0,
    toleranceSeconds: 0,
    reasons: [],
    told: null,
    ...rest,
  }
}
function decideOn(rest: Partial<Assessed>, history: RememberedIncident[] = [], at = now) {
  return decide(assessed(rest), one.root, { incidents: history }, policy, at)
}
const told = (sev: 'SEV-1' | 'SEV-2' | 'SEV-3') => ({ at: justNow(hour), channel: '#critical-alerts', ts: '1', sev })

describe('who is told', () => {
  test.for([
    ['SEV-1', true, '#critical-alerts', 'SEV-1 is new'],
    ['SEV-2', true, '#infrastructure-alerts', 'SEV-2 is new'],
    ['SEV-3', true, '#infrastructure-alerts', 'SEV-3 is new'],
    ['SEV-4', false, null, 'SEV-4 is recorded, never told'],
  ] as const)('new %s', ([sev, notify, channel, reason]) => {
    expect(decideOn({ sev })).toEqual({ notify, channel, reasons: [reason] })
  })

  test('known behaviour: nobody', () => {
    expect(decideOn({ sev: 'SEV-4', known: { kind: 'slow-start', note: '' } })).toMatchObject({
      notify: false,
      reasons: ['Known behaviour (slow-start) is no incident'],
    })
  })
})

describe('what has been told', () => {
  test('is not told again', () => {
    expect(decideOn({ state: 'ongoing' }, [remembered(one, { sev: 'SEV-1', told: told('SEV-1') })])).toEqual({
      notify: false,
      channel: null,
      reasons: ['Already told at 2026-11-19T13:00:00Z in #critical-alerts; still ongoing'],
    })
    const improved = decideOn({ state: 'improved', sev: 'SEV-2' }, [remembered(one, { told: told('SEV-1') })])
    expect(improved.reasons[0]).toMatch(/it has improved$/)
  })

  test('and still waits to be sent is not called told', () => {
    const waiting = remembered(one, { sev: 'SEV-1', told: { ...told('SEV-1'), ts: null } })
    expect(decideOn({ state: 'ongoing' }, [waiting])).toMatchObject({
      notify: false,
      reasons: ['The message of 2026-11-19T13:00:00Z still waits to be sent; still ongoing'],
    })
  })

  test('is told again when it got worse, or is worse again', () => {
    expect(decideOn({ state: 'escalated' }, [remembered(one, { told: told('SEV-2') })])).toEqual({
      notify: true,
      channel: '#critical-alerts',
      reasons: ['It got worse: SEV-2 was told at 2026-11-19T13:00:00Z, now it is SEV-1'],
    })
    expect(decideOn({ state: 'escalated' }, [remembered(one, { told: told('SEV-1') })]).notify).toBe(true)
  })

  test('is told again when the telling of a worsening failed before', () => {
    expect(decideOn({ state: 'ongoing' }, [remembered(one, { sev: 'SEV-1', told: told('SEV-2') })]).notify).toBe(true)
    expect(decideOn({ state: 'ongoing' }, [remembered(one, { sev: 'SEV-1', told: null })])).toMatchObject({
      notify: true,
      reasons: ['SEV-1 has not been told yet'],
    })
  })

  test('is told again when it came back', () => {
    const over = remembered(one, { told: told('SEV-1'), resolvedAt: justNow(hour) })
    expect(decideOn({ state: 'reopened' }, [over])).toMatchObject({
      notify: true,
      reasons: ['SEV-1 came back within a day of being resolved'],
    })
  })

  test('on the same object is not told again in another guise, unless it is worse', () => {
    const crash = incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP' })
    const guise = (sev: 'SEV-1' | 'SEV-2') => decideOn({ state: 'new' }, [remembered(crash, { told: told(sev) })])
    expect(guise('SEV-1').reasons[0]).toContain(
      'as "Deployment n8n: POD_CRASH_LOOP"; the same object shows it in another way',
    )
    expect(guise('SEV-2').notify).toBe(true)
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
    expect(decideOn({ sev: 'SEV-3' }, [], Date.parse(at)).notify).toBe(notify)
  })

  test('says when: past the weekend and the holiday', () => {
    expect(decideOn({ sev: 'SEV-3' }, [], Date.parse('2026-11-20T20:00:00Z')).reasons).toEqual([
      'SEV-3 is told in business hours only (mon, tue, wed, thu, fri 09:00 to 17:00 Europe/Berlin): it will be told from tue 2026-11-24 09:00 Europe/Berlin on if it lasts',
    ])
  })

  test('what was kept for the morning is told then', () => {
    const kept = remembered(one, { sev: 'SEV-3', told: null })
    expect(decideOn({ sev: 'SEV-3', state: 'ongoing' }, [kept], Date.parse('2026-11-20T08:30:00Z'))).toMatchObject({
      notify: true,
      reasons: ['SEV-3 has not been told yet'],
    })
  })

  test('hours past midnight belong to the day they begin on; no day at all never opens', () => {
    const night = Policy.parse({ businessHours: { from: '22:00', to: '06:00', days: ['fri'] } }).businessHours
    expect(businessHours(night, Date.parse('2026-11-21T03:00:00Z')).open).toBe(true)
    expect(businessHours(night, Date.parse('2026-11-20T03:00:00Z')).open).toBe(false)
    expect(businessHours(night, Date.parse('2026-11-21T07:00:00Z')).next).toContain('fri 2026-11-27 22:00')
    const never = Policy.parse({ businessHours: { days: [] } }).businessHours
    expect(businessHours(never, now)).toEqual({ open: false, next: 'the policy names no business day in the next 60' })
  })
})

test('a channel that the operator sets replaces them all', () => {
  const override = { ...policy, channels: { 'SEV-1': '#ops', 'SEV-2': '#ops', 'SEV-3': '#ops' } }
  expect(decide(assessed(), one.root, { incidents: [] }, override, now).channel).toBe('#ops')
})
