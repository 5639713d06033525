import { readFileSync } from 'node:fs'
import { incident, justNow } from '@kubevigil/core/assess/testing'
import { hour, minute } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { assessIncidents } from './assess-incidents.ts'
import { recordCycle } from './record-cycle.ts'
import { call, runCycle, testContext, whole } from './testing.ts'

const down = incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP', since: justNow(2 * minute) })

test('a key is recorded once', async () => {
  const context = await testContext()
  const first = await runCycle(context, [down], { key: 'a' })
  expect(first.recorded).toEqual({ cycle: 1, recorded: true, open: 1, resolved: 0, warnings: [] })
  const again = await runCycle(context, [], { key: 'a' })
  expect(again.recorded).toEqual({ cycle: 1, recorded: false, open: 1, resolved: 0, warnings: [] })
  expect(await context.memory.history('home', context.now())).toMatchObject([{ seen: 1, resolvedAt: null }])
})

test('counts what is open and what is over', async () => {
  const context = await testContext()
  await runCycle(context, [down, incident('mysql', 0, 1)])
  const { recorded } = await runCycle(context, [down])
  expect(recorded).toMatchObject({ open: 1, resolved: 1 })
})

test('a notification that failed leaves the incident untold, a queued one does not', async () => {
  const context = await testContext()
  await runCycle(context, [down], { deliver: () => null })
  const second = await runCycle(context, [down], {
    deliver: ({ decision }) => ({ state: 'queued', channel: decision.channel, ts: null, detail: '' }),
  })
  expect(second.assessed.assessments[0]!.decision).toMatchObject({
    notify: true,
    reasons: ['SEV-1 has not been told yet'],
  })
  const third = await runCycle(context, [down])
  expect(third.assessed.assessments[0]!.decision.notify).toBe(false)
})

test('a reopened incident counts from its new begin', async () => {
  const context = await testContext()
  await runCycle(context, [down])
  await runCycle(context, [])
  context.clock.now += hour
  await runCycle(context, [{ ...down, since: null }], { deliver: () => null })
  expect(await context.memory.history('home', context.now())).toMatchObject([
    { openedAt: '2026-11-19T15:00:00Z', since: null, told: null, episodes: 2, seen: 2, resolvedAt: null },
  ])
})

test('a caller can neither lower a SEV nor resolve what the look could not have shown', async () => {
  const context = await testContext()
  const other = incident('mysql', 0, 1)
  await runCycle(context, [other])
  const { assessments } = await call(assessIncidents, { cluster: 'home', coverage: whole, incidents: [down] }, context)
  const answer = await call(
    recordCycle,
    {
      key: 'forged',
      cluster: 'home',
      engine: 'a model',
      startedAt: '2026-11-19T14:00:00Z',
      durationMs: 1,
      status: 'healthy',
      coverage: [...whole, { source: 'pods', status: 'partial', detail: '' }],
      incidents: [
        { incident: down, assessment: { ...assessments[0]!, sev: 'SEV-4' }, correlation: null, delivery: null },
      ],
      resolved: [other.fingerprint],
      usage: { inputTokens: 1, outputTokens: 1, costUsd: 0.1 },
    },
    context,
  )
  expect(answer).toMatchObject({ open: 2, resolved: 0 })
  expect(answer.warnings).toEqual([
    '1 incidents were kept with the graver SEV that the rules give.',
    '1 incidents were not resolved: not open, or this look could not have shown them.',
  ])
})

test('secrets never reach the file', async () => {
  const context = await testContext()
  const leaky = { ...down, title: 'dial postgres://app:hunter2secret@db failed', evidence: ['password=hunter2secret'] }
  await runCycle(context, [leaky])
  const [kept] = await context.memory.history('home', context.now())
  expect(kept!.title).toBe('dial postgres://app:<redacted:url-credentials>@db failed')
  const written = [context.path, `${context.path}-wal`].map((file) => readFileSync(file, 'latin1')).join('')
  expect(written).toContain('<redacted:password>')
  expect(written).not.toContain('hunter2secret')
})

test('clusters do not mix', async () => {
  const context = await testContext()
  await runCycle(context, [down], { cluster: 'one' })
  const { assessed, recorded } = await runCycle(context, [down], { cluster: 'two' })
  expect(assessed.assessments[0]!.state).toBe('new')
  expect(recorded.open).toBe(1)
})
