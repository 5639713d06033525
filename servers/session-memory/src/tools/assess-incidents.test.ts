import { incident, justNow } from '@kubevigil/core/assess/testing'
import { hour, minute } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { assessIncidents } from './assess-incidents.ts'
import { call, runCycle, testContext, whole } from './testing.ts'

const down = incident('chores-tracker-backend', 0, 2, { rule: 'POD_CRASH_LOOP', since: justNow(2 * minute) })

test('the life of an incident: new, ongoing, resolved, reopened, and told twice in all', async () => {
  const context = await testContext()
  const states: string[] = []
  for (const incidents of [[down], [down], [], [down]]) {
    const { assessed } = await runCycle(context, incidents)
    const [assessment] = assessed.assessments
    states.push(
      assessment === undefined
        ? `${assessed.resolved.length} resolved`
        : `${assessment.state} ${assessment.decision.notify}`,
    )
    context.clock.now += hour
  }
  expect(states).toEqual(['new true', 'ongoing false', '1 resolved', 'reopened true'])
})

test('an ongoing incident brings the message that stands', async () => {
  const context = await testContext()
  await runCycle(context, [down])
  context.clock.now += hour
  const { assessed } = await runCycle(context, [down])
  expect(assessed.assessments[0]).toMatchObject({
    told: { at: '2026-11-19T14:00:00Z', channel: '#critical-alerts', ts: '1700000000.1' },
    downtimeSeconds: 3720,
    decision: {
      notify: false,
      reasons: ['Already told at 2026-11-19T14:00:00Z in #critical-alerts; still ongoing'],
    },
  })
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

test('a hundred incidents keep the answer within its budget, gravest first, and say what is missing', async () => {
  const context = await testContext()
  const incidents = Array.from({ length: 99 }, (_, n) => incident(`some-unlisted-workload-with-a-long-name-${n}`, 0, 3))
  const answer = await call(
    assessIncidents,
    { cluster: 'home', coverage: whole, incidents: [...incidents, down] },
    context,
  )
  expect(JSON.stringify(answer).length).toBeLessThan(20_000)
  expect(answer.assessments[0]!.sev).toBe('SEV-1')
  expect(answer.warnings[0]).toMatch(/assessments of the mildest incidents were left out/)
})
