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
  expect(first.recorded).toEqual({ cycle: 1, recorded: true, open: 1, resolved: 0, dropped: 0, warnings: [] })
  const again = await runCycle(context, [], { key: 'a' })
  expect(again.recorded).toEqual({ cycle: 1, recorded: false, open: 1, resolved: 0, dropped: 0, warnings: [] })
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

const message = (text: string, rest: object = {}) => ({
  role: 'assistant',
  importance: 'normal',
  pinned: false,
  text,
  ...rest,
})

test('a session keeps what a key brought once, without secrets and control characters', async () => {
  const context = await testContext()
  const session = { id: 'watch', summary: 'calm', messages: [message('password=hunter2secret \u0007and\tmore\n')] }
  await runCycle(context, [], { key: 'a', session })
  await runCycle(context, [], { key: 'a', session })
  await runCycle(context, [], { session: { ...session, summary: null, messages: [] } })
  expect((await context.memory.overview(undefined, 'watch')).session).toMatchObject({
    summary: 'calm',
    messages: [{ text: 'password=<redacted:password> and\tmore\n', cluster: 'home' }],
  })
  expect((await context.memory.overview(undefined, 'other')).session).toBeUndefined()
})

test('a session that is four fifths full drops to half: low before normal, never system, pinned, critical or the newest 50', async () => {
  const context = { ...(await testContext()), maxContextTokens: 12_000 }
  const long = 'the quick brown fox jumps over the lazy dog '.repeat(12)
  const add = (messages: Record<string, unknown>[]) =>
    runCycle(context, [], { session: { id: 'watch', summary: null, messages } })
  await add([
    message(`system ${long}`, { role: 'system' }),
    message(`critical ${long}`, { importance: 'critical' }),
    message(`pinned ${long}`, { pinned: true }),
    message(`SEV-1 in words only ${long}`),
    message(`low ${long}`, { importance: 'low' }),
  ])
  let dropped = 0
  for (let n = 0; dropped === 0; n++) dropped = (await add([message(`${n} ${long}`)])).recorded.dropped
  const { messages } = (await context.memory.overview(undefined, 'watch')).session!
  expect(messages.map(({ text }) => text.split(' ')[0]).slice(0, 3)).toEqual(['system', 'critical', 'pinned'])
  expect(messages.map(({ text }) => text.split(' ')[0])).not.toContain('low')
  expect(messages).toHaveLength(53)
  expect((await add([message('one more')])).recorded.dropped).toBe(0)
})

test.for([1, 1.2, 1.35, 1.9])(
  'after five calls the tokens of a model that takes %d times are known to 5 %',
  async (hidden) => {
    const context = await testContext()
    const model = 'claude-opus-5-5'
    for (const noise of [0.97, 1.04, 1.01, 0.95, 1.03]) {
      const call = { model, outputTokens: 5, estimatedInputTokens: 10_000, costUsd: 0 }
      await runCycle(context, [], { models: [{ ...call, inputTokens: Math.round(10_000 * hidden * noise) }] })
    }
    const learned = await context.memory.tokensPerEstimate(model)
    expect(Math.abs(learned / hidden - 1)).toBeLessThan(0.05)
    expect(await context.memory.tokensPerEstimate('claude-haiku-4-5')).toBe(1)
  },
)

test('a call that says nothing of the vocabulary teaches nothing', async () => {
  const context = await testContext()
  const call = { model: 'm', outputTokens: 5, costUsd: 0 }
  const models = [
    { ...call, inputTokens: 5000, estimatedInputTokens: 100 },
    { ...call, inputTokens: 0, estimatedInputTokens: 1000 },
    { ...call, inputTokens: 90_000, estimatedInputTokens: 1000 },
  ]
  await runCycle(context, [], { models })
  expect(await context.memory.tokensPerEstimate('m')).toBe(1.35)
})

test('looks at one namespace make nothing of another flap', async () => {
  const context = await testContext()
  const elsewhere = incident('reports', 0, 1, { root: { kind: 'Deployment', namespace: 'other', name: 'reports' } })
  const states: string[] = []
  for (let look = 0; look < 12; look += 1) {
    context.clock.now += 5 * minute
    const narrowed = look % 2 === 1
    const { assessed } = await runCycle(
      context,
      narrowed ? [elsewhere] : [down, elsewhere],
      narrowed ? { namespace: 'other' } : {},
    )
    states.push(
      ...assessed.assessments.filter(({ fingerprint }) => fingerprint === down.fingerprint).map(({ state }) => state),
    )
  }
  expect(states).toEqual(['new', 'ongoing', 'ongoing', 'ongoing', 'ongoing', 'ongoing'])
})
