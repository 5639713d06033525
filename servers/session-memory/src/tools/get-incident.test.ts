import { incident, justNow } from '@kubevigil/core/assess/testing'
import { hour, minute } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { getIncident } from './get-incident.ts'
import { call, runCycle, testContext } from './testing.ts'

const down = incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP', since: justNow(2 * minute) })

test('tells one incident whole: states, decisions, messages, episodes', async () => {
  const context = await testContext()
  for (const incidents of [[down], [down], [], [down]]) {
    await runCycle(context, incidents)
    context.clock.now += hour
  }
  const whole = await call(getIncident, { fingerprint: down.fingerprint }, context)
  expect(whole).toMatchObject({ id: 1, state: 'open', sev: 'SEV-1', seen: 3, episodeCount: 2, correlation: null })
  expect(whole.timeline.map(({ cycle, kind, text }) => `${cycle} ${kind} ${text}`)).toEqual([
    '1 state new: SEV-1, 1 affected',
    '1 decision tell (full): SEV-1 is new',
    '1 message sent to #critical-alerts as SEV-1',
    '2 decision tell (escalation): Nobody has acknowledged it within 30m',
    '2 message sent to #critical-alerts as SEV-1',
    '3 state resolved, was SEV-1',
    '4 state reopened: SEV-1, 1 affected',
    '4 decision tell (full): SEV-1 came back within a day of being resolved',
    '4 message sent to #critical-alerts as SEV-1',
  ])
  expect(whole.episodes).toEqual([
    { openedAt: '2026-11-19T14:00:00.000Z', resolvedAt: '2026-11-19T16:00:00.000Z', sev: 'SEV-1' },
    { openedAt: '2026-11-19T17:00:00.000Z', resolvedAt: null, sev: 'SEV-1' },
  ])
})

test('a long life stays within the budget and keeps the newest', async () => {
  const context = await testContext()
  const wordy = { ...down, title: 't'.repeat(500), evidence: Array.from({ length: 12 }, () => 'e'.repeat(1000)) }
  for (let cycle = 0; cycle < 120; cycle++) await runCycle(context, cycle % 2 === 0 ? [wordy] : [])
  const whole = await call(getIncident, { id: 1 }, context)
  expect(JSON.stringify(whole).length).toBeLessThan(16_000)
  expect(whole.omitted.entries).toBeGreaterThan(0)
  expect(whole.timeline.at(-1)!.cycle).toBe(120)
})

test('says what is wrong with a key', async () => {
  const context = await testContext()
  await runCycle(context, [down], { cluster: 'one' })
  await runCycle(context, [down], { cluster: 'two' })
  await expect(call(getIncident, {}, context)).rejects.toThrow('by fingerprint or by id')
  await expect(call(getIncident, { fingerprint: 'ffff' }, context)).rejects.toThrow('under the fingerprint ffff')
  const several = call(getIncident, { fingerprint: down.fingerprint }, context)
  await expect(several).rejects.toThrow('Several clusters have this fingerprint: ')
  const { cluster } = await call(getIncident, { fingerprint: down.fingerprint, cluster: 'two' }, context)
  expect(cluster).toBe('two')
})
