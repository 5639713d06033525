import { incident, justNow } from '@kubevigil/core/assess/testing'
import { hour, minute } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { assessIncidents } from './assess-incidents.ts'
import { getTrends } from './get-trends.ts'
import { call, runCycle, testContext, whole } from './testing.ts'

const down = incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP', since: justNow(2 * minute) })

test('the life of an incident, hour by hour: told, updated, resolved, and back in brief', async () => {
  const context = await testContext()
  const states: string[] = []
  for (const incidents of [[down], [down], [], [down]]) {
    const { assessed } = await runCycle(context, incidents)
    const [assessment] = assessed.assessments
    states.push(
      assessment === undefined
        ? `${assessed.resolved.length} resolved`
        : `${assessment.state} ${assessment.decision.form}`,
    )
    context.clock.now += hour
  }
  // An hour on, that nobody has it comes before that it lasts.
  expect(states).toEqual(['new full', 'ongoing escalation', '1 resolved', 'reopened full'])
})

test('an ongoing incident brings the message that stands', async () => {
  const context = await testContext()
  await runCycle(context, [down])
  context.clock.now += 10 * minute
  const { assessed } = await runCycle(context, [down])
  expect(assessed.assessments[0]).toMatchObject({
    told: { at: '2026-11-19T14:00:00Z', channel: '#critical-alerts', ts: '1700000000.1' },
    downtimeSeconds: 720,
    decision: {
      notify: false,
      next: '2026-11-19T14:15:00Z',
      reasons: ['Already told at 2026-11-19T14:00:00Z in #critical-alerts; still ongoing'],
    },
  })
})

test('an outage of a day, look by look every five minutes, is told as the cadence says', async () => {
  const context = await testContext()
  const forms: string[] = []
  for (let at = 0; at < 24 * hour; at += 5 * minute) {
    const { assessed } = await runCycle(context, [down])
    const { form } = assessed.assessments[0]!.decision
    if (form !== null) forms.push(`${form} ${at / hour}`)
    context.clock.now += 5 * minute
  }
  expect(forms.filter((form) => form.startsWith('full'))).toEqual([0, 4, 8, 12, 16, 20].map((at) => `full ${at}`))
  expect(forms.filter((form) => form.startsWith('escalation'))).toEqual(['escalation 0.5'])
  const updates = forms.filter((form) => form.startsWith('update'))
  expect([updates.length, updates.at(-1)]).toEqual([10, 'update 2.75'])
})

test('a service that comes and goes with every look: one message, one line, one end', async () => {
  const context = await testContext()
  const said: string[] = []
  await runCycle(context, [])
  for (let look = 0; look < 60; look++) {
    context.clock.now += 5 * minute
    const { assessed } = await runCycle(context, look < 40 && look % 2 === 0 ? [down] : [])
    const [assessment] = assessed.assessments
    if (assessment?.decision.notify === true) said.push(`${look} ${assessment.state} ${assessment.decision.form}`)
    for (const { fingerprint } of assessed.resolved) said.push(`${look} over ${fingerprint === down.fingerprint}`)
  }
  expect(said).toEqual(['0 new full', '1 over true', '3 over true', '4 flapping update', '58 over true'])
  const { verdicts } = await call(getTrends, { scope: 'fingerprint', name: down.fingerprint }, context)
  expect(verdicts.map(({ verdict }) => verdict)).not.toContain('escalation')
})

test('what flaps keeps flapping in the trends while memory holds it open', async () => {
  const context = await testContext()
  await runCycle(context, [])
  for (let look = 0; look < 30; look++) {
    context.clock.now += 5 * minute
    await runCycle(context, look % 3 === 0 ? [down] : [])
  }
  const { verdicts } = await call(getTrends, { scope: 'service', name: 'chores-tracker-backend' }, context)
  expect(verdicts).toMatchObject([{ verdict: 'flapping' }])
  expect((await context.memory.history('home', context.now()))[0]).toMatchObject({ flapping: true, resolvedAt: null })
})

test('a caller raises an incident once, and it stays raised until it is over', async () => {
  const context = await testContext()
  const mild = incident('cert-manager', 1, 2, { severity: 'warning' })
  const raise = [{ fingerprint: mild.fingerprint, sev: 'SEV-2' as const, reason: 'the last certificate ends today' }]
  const first = await runCycle(context, [mild], { raise })
  expect(first.assessed).toMatchObject({ assessments: [{ sev: 'SEV-2', decision: { form: 'full' } }], warnings: [] })
  context.clock.now += minute
  const second = await runCycle(context, [mild])
  expect(second.assessed.assessments[0]).toMatchObject({ sev: 'SEV-2', state: 'ongoing', decision: { notify: false } })
  const lowered = await runCycle(context, [down], {
    raise: [{ fingerprint: down.fingerprint, sev: 'SEV-4', reason: 'it does not matter at all' }],
  })
  expect(lowered.assessed).toMatchObject({ assessments: [{ sev: 'SEV-1' }], warnings: [/^1 of raise were ignored/] })
})

test('what is over comes with all that a message about it needs', async () => {
  const context = await testContext()
  await runCycle(context, [down])
  context.clock.now += hour
  const { resolved } = await call(assessIncidents, { cluster: 'home', coverage: whole, incidents: [] }, context)
  expect(resolved).toEqual([
    {
      fingerprint: down.fingerprint,
      title: down.title,
      rule: 'POD_CRASH_LOOP',
      root: down.root,
      service: 'chores-tracker-backend',
      sev: 'SEV-1',
      priority: 'P0',
      impact: 'Nobody can see their chores.',
      owners: ['ari'],
      since: '2026-11-19T13:58:00Z',
      openedAt: '2026-11-19T14:00:00Z',
      durationSeconds: 3720,
      members: { count: 1, examples: ['Deployment/default/chores-tracker-backend'] },
      channel: '#critical-alerts',
      ts: '1700000000.1',
    },
  ])
})

test('a look with a gap, of another cluster or with incidents left out resolves nothing', async () => {
  const context = await testContext()
  await runCycle(context, [down])
  const look = { cluster: 'home', coverage: whole, incidents: [] }
  const gap = [...whole, { source: 'statefulsets', status: 'timeout' as const, detail: '' }]
  const answers = [
    await call(assessIncidents, { ...look, coverage: gap }, context),
    await call(assessIncidents, { ...look, omitted: 2 }, context),
    await call(assessIncidents, { ...look, cluster: 'other' }, context),
    await call(assessIncidents, { ...look, namespace: 'other' }, context),
  ]
  expect(answers.map((answer) => answer.resolved)).toEqual([[], [], [], []])
  expect(answers[0]!.warnings[0]).toMatch(/statefulsets was not read whole/)
})

test('it changes nothing', async () => {
  const context = await testContext()
  await call(assessIncidents, { cluster: 'home', coverage: whole, incidents: [down] }, context)
  expect(await context.memory.history('home', context.now())).toEqual([])
})

test('a hundred incidents come in pages within the budget, gravest first, and are one storm', async () => {
  const context = await testContext()
  const since = justNow(30 * hour)
  const many = Array.from({ length: 99 }, (_, n) =>
    incident(`some-unlisted-workload-with-a-long-name-${n}`, 0, 3, { since }),
  )
  const args = { cluster: 'home', coverage: whole, incidents: [...many, down] }
  const seen: string[] = []
  const forms = new Set<string | null>()
  let cursor: number | null = 0
  while (cursor !== null) {
    const answer: z.output<typeof assessIncidents.output> = await call(assessIncidents, { ...args, cursor }, context)
    expect(JSON.stringify(answer).length).toBeLessThan(20_000)
    seen.push(...answer.assessments.map(({ sev, fingerprint }) => `${sev} ${fingerprint}`))
    for (const { decision } of answer.assessments) forms.add(decision.form)
    cursor = answer.nextCursor
  }
  expect(new Set(seen).size).toBe(100)
  expect(seen.map((one) => one.slice(0, 5))).toEqual(seen.map((one) => one.slice(0, 5)).toSorted())
  expect([...forms]).toEqual(['full', 'digest'])
})
