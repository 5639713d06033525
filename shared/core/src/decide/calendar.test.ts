import { expect, test } from 'vitest'
import { beginsAt, endsAt, instantOf } from './calendar.ts'
import { day, toInstant } from '../time.ts'

const night = { days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const, from: '22:00', to: '02:30' }
const at = (timeZone: string, date: string, clock: string) =>
  toInstant(instantOf(timeZone, { date: Date.parse(`${date}T00:00:00Z`), clock }))

test.for([
  ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00Z'],
  ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00Z'],
  ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45:00Z'],
] as const)('%s %s %s, which the clock shows twice, is the first', ([zone, date, clock, instant]) => {
  expect(at(zone, date, clock)).toBe(instant)
})

test.for([
  ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:30:00Z'],
  ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:30:00Z'],
] as const)('%s %s %s, which the clock skips, is as long after the change', ([zone, date, clock, instant]) => {
  expect(at(zone, date, clock)).toBe(instant)
})

test.for([
  ['UTC', '2028-02-29', '00:00', '2028-02-29T00:00:00Z'],
  ['Asia/Kathmandu', '2026-06-01', '09:00', '2026-06-01T03:15:00Z'],
  ['Pacific/Kiritimati', '2026-06-01', '00:00', '2026-05-31T10:00:00Z'],
] as const)('%s %s %s', ([zone, date, clock, instant]) => {
  expect(at(zone, date, clock)).toBe(instant)
})

test('hours that end at a time shown twice end once', () => {
  const hours = { ...night, timeZone: 'Europe/Berlin' }
  expect(toInstant(endsAt(hours, Date.parse('2026-10-25T00:29:00Z'))!)).toBe('2026-10-25T00:30:00Z')
  // 02:15 for the second time.
  expect(endsAt(hours, Date.parse('2026-10-25T01:15:00Z'))).toBeUndefined()
})

test('whenever hours are to begin, they are on then and were not before', () => {
  for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']) {
    const hours = { ...night, timeZone, from: '02:30', to: '03:30' }
    for (let now = Date.parse('2026-01-01T12:00:00Z'); now < Date.parse('2027-01-01T12:00:00Z'); now += day) {
      const begin = beginsAt(hours, now)!
      expect(endsAt(hours, begin)).toBeGreaterThan(begin)
      expect(endsAt(hours, begin - 1)).toBeUndefined()
    }
  }
})

test('hours that end when they begin last a day; a holiday takes the whole of them', () => {
  const always = { ...night, timeZone: 'UTC', from: '00:00', to: '00:00', holidays: ['2026-12-25'] }
  expect(toInstant(endsAt(always, Date.parse('2026-12-24T23:59:59Z'))!)).toBe('2026-12-25T00:00:00Z')
  expect(endsAt(always, Date.parse('2026-12-25T12:00:00Z'))).toBeUndefined()
  expect(toInstant(beginsAt(always, Date.parse('2026-12-25T12:00:00Z'))!)).toBe('2026-12-26T00:00:00Z')
})
