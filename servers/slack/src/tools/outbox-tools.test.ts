import { RESULT_BUDGET } from '@kubevigil/core/budget'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SlackContext } from '../context.ts'
import { createBench, outage, type Bench } from '../outbox/testing.ts'
import { flushOutbox } from './flush-outbox.ts'
import { getNotificationStatus } from './get-notification-status.ts'

const call = { signal: new AbortController().signal, progress: () => {} }
let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

async function contextOf(token: boolean): Promise<SlackContext> {
  const ways = { slack: token, teams: false }
  return { outbox: await bench.open({ token }), ways } as unknown as SlackContext
}

test('what waits comes first with its reason, page by page; flushing sends it and says so', async () => {
  const silent = await contextOf(false)
  for (const fingerprint of ['a', 'b', 'c']) await silent.outbox.notify({ ...outage, fingerprint, sev: 'SEV-1' })
  const first = await getNotificationStatus.run({ limit: 2 }, silent, call)
  expect(first.counts).toEqual({ waiting: 3, sent: 0, dropped: 0 })
  expect(first.messages).toMatchObject([
    { fingerprint: 'c', state: 'waiting', ts: null, why: 'SLACK_BOT_TOKEN is not set.', channel: '#alerts' },
    { fingerprint: 'b' },
  ])
  expect(first.messages[0]!.text).toMatch(/^here SEV-1 · web restarts/)
  const next = await getNotificationStatus.run({ limit: 2, cursor: first.nextCursor! }, silent, call)
  expect(next).toMatchObject({ messages: [{ fingerprint: 'a' }], nextCursor: null })
  expect((await flushOutbox.run({ limit: 5 }, silent, call)).delivered).toEqual([])

  const context = await contextOf(true)
  const flushed = await flushOutbox.run({ limit: 2 }, context, call)
  expect(flushed).toMatchObject({
    counts: { waiting: 1, sent: 2 },
    delivered: [{ fingerprint: 'a', ts: bench.slack.messages[0]!.ts }, { fingerprint: 'b' }],
    waiting: [{ fingerprint: 'c', why: 'Its turn comes: a channel takes one message a second.' }],
  })
  const after = await getNotificationStatus.run({ limit: 20 }, context, call)
  expect(after.messages.map(({ fingerprint, state }) => `${fingerprint} ${state}`)).toEqual([
    'c waiting',
    'b sent',
    'a sent',
  ])
  expect(await getNotificationStatus.run({ limit: 20, fingerprint: 'a' }, context, call)).toMatchObject({
    counts: { waiting: 0, sent: 1, dropped: 0 },
    messages: [{ fingerprint: 'a', why: '' }],
  })
})

test('flushing tries at once though Slack was away a moment ago, and says what still waits and why', async () => {
  const context = await contextOf(true)
  for (let count = 0; count < 20; count++)
    bench.slack.faults.push({ kind: 'unsent', reason: 'Slack cannot be reached (ECONNREFUSED)' })
  await context.outbox.notify(outage)
  bench.time += 1000
  const tried = bench.slack.began.length
  const { waiting } = await flushOutbox.run({ limit: 20 }, context, call)
  expect(bench.slack.began).toHaveLength(tried + 1)
  expect(waiting[0]!.why).toMatch(/^Slack cannot be reached \(ECONNREFUSED\); not tried before 2026-/)
  bench.slack.faults.length = 0
  bench.time += 1000
  expect(await flushOutbox.run({ limit: 20 }, context, call)).toMatchObject({
    delivered: [{ kind: 'root' }],
    waiting: [],
  })
})

test('the largest pages stay within the budget', async () => {
  const silent = await contextOf(false)
  for (let number = 0; number < 60; number++)
    await silent.outbox.post({ channel: 'alerts', text: '"'.repeat(3000), threadTs: undefined, key: `${number}` })
  const page = await getNotificationStatus.run({ limit: 50 }, silent, call)
  expect(JSON.stringify(page).length).toBeLessThan(Math.min(16_000, RESULT_BUDGET))
  expect(page.nextCursor).not.toBeNull()
  expect(JSON.stringify(await flushOutbox.run({ limit: 50 }, silent, call)).length).toBeLessThan(16_000)
})
