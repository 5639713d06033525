import { expect, test } from 'vitest'
import { justNow, now } from '../assess/testing.ts'
import { day } from '../time.ts'
import { hushed, namesPerson } from './handling.ts'

const none = { acknowledgement: null, silence: null }
const silence = { by: 'Ari', at: justNow(day), until: justNow(-day), sev: 'SEV-2' as const }

test('a silence holds until its end, for the SEV it was set at and milder ones', () => {
  expect(hushed('SEV-2', { ...none, silence }, now)).toEqual({
    reason: 'Silenced by Ari until 2026-11-20T14:00:00Z',
    until: '2026-11-20T14:00:00Z',
  })
  expect(hushed('SEV-3', { ...none, silence }, now)).toBeDefined()
  expect(hushed('SEV-1', { ...none, silence }, now)).toBeUndefined()
  expect(hushed('SEV-2', { ...none, silence }, now + day)).toBeUndefined()
})

test('SEV-1 is silenced only by a named person', () => {
  expect(hushed('SEV-1', { ...none, silence: { ...silence, sev: 'SEV-1' } }, now)).toBeDefined()
  expect(hushed('SEV-1', { ...none, silence: { ...silence, sev: 'SEV-1', by: 'ops-bot' } }, now)).toBeUndefined()
})

test('an acknowledgement holds until it is worse', () => {
  const acknowledgement = { by: 'Ari', at: justNow(day), sev: 'SEV-2' as const }
  expect(hushed('SEV-2', { ...none, acknowledgement }, now)?.reason).toMatch(/^Acknowledged by Ari/)
  expect(hushed('SEV-1', { ...none, acknowledgement }, now)).toBeUndefined()
})

test.for([
  ['Ari', true],
  ['Botond Szabó', true],
  ['李雷', true],
  ['claude', false],
  ['the on-call team', false],
  ['ops_bot', false],
  ['??', false],
] as const)('%s names a person: %s', ([by, expected]) => {
  expect(namesPerson(by)).toBe(expected)
})
