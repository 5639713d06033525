import type { Decision } from '@kubevigil/core/assessment'
import { expect, test } from 'vitest'
import { readTelling, tellingAfter, writeTelling, type Message, type Telling } from './telling.ts'

const at = (clock: string) => `2026-11-19T${clock}:00Z`
const said = (form: Decision['form']) => ({
  state: 'ongoing' as const,
  decision: { notify: form !== null, form, channel: '#a', next: null, coveredBy: null, reasons: [] },
})
const message: Message = { at: at('14:00'), channel: '#a', ts: '1.1', sev: 'SEV-1' }
const first = tellingAfter(undefined, { ...said('full'), state: 'new' }, message, true, at('14:00'))

test('a whole message is remembered as one, and reads as it was written', () => {
  expect(first).toEqual({
    told: { ...message, since: at('14:00'), escalatedAt: null },
    whole: { at: at('14:00'), sev: 'SEV-1', form: 'full' },
  })
  expect(readTelling(writeTelling(first))).toEqual(first)
})

test('an update moves when something was said last, and nothing else', () => {
  const unchanged = { ...message, at: at('14:00') }
  expect(tellingAfter(first, said('update'), unchanged, false, at('14:15'))).toEqual({
    ...first,
    told: { ...first.told, at: at('14:15') },
  })
})

test('an escalation leaves the message where it stands, and another SEV lets it count anew', () => {
  const escalated = tellingAfter(
    first,
    said('escalation'),
    { ...message, channel: '#boss', ts: '9' },
    false,
    at('14:30'),
  )
  expect(escalated.told).toMatchObject({ channel: '#a', ts: '1.1', since: at('14:00'), escalatedAt: at('14:30') })
  const milder = tellingAfter(escalated, said('update'), { ...message, sev: 'SEV-2' }, false, at('15:00'))
  expect(milder).toMatchObject({ told: { since: at('15:00'), escalatedAt: null }, whole: { sev: 'SEV-1' } })
})

test('a new episode knows only the last whole message; one of what flaps knows all', () => {
  const begins = (state: 'reopened' | 'flapping' | 'new'): Telling =>
    tellingAfter(first, { ...said(null), state }, null, true, at('16:00'))
  expect(begins('reopened')).toEqual({ told: null, whole: first.whole })
  expect(begins('flapping')).toEqual(first)
  expect(begins('new')).toEqual({ told: null, whole: null })
})

test('a row of before the column was there had a message of its own', () => {
  const row = { ...writeTelling(first), telling: null }
  expect(readTelling(row)).toEqual(first)
  expect(readTelling({ ...row, told_at: null })).toEqual({ told: null, whole: null })
})
