import type { Card } from '@kubevigil/core/notify/card'
import { hour, minute } from '@kubevigil/core/time'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Failure } from '../slack/api.ts'
import { createBench, outage, type Bench } from './testing.ts'

let bench: Bench
let cards: Card[]
let faults: Failure[]
const teams = {
  async post(card: Card) {
    const failure = faults.shift()
    if (failure !== undefined) return { ok: false, failure } as const
    cards.push(card)
    return { ok: true, value: undefined } as const
  },
}

beforeEach(() => {
  bench = createBench()
  cards = []
  faults = []
})
afterEach(() => bench.close())

function slackIsAway(): void {
  for (let count = 0; count < 20; count++)
    bench.slack.faults.push({ kind: 'unsent', reason: 'Slack cannot be reached' })
}

const titles = (): string[] => cards.map(({ summary }) => summary)

test('while Slack is away changed facts replace its message and make no second card; what got worse makes one', async () => {
  const outbox = await bench.open({ teams })
  slackIsAway()
  await outbox.notify(outage)
  await outbox.notify({ ...outage, cause: 'limit lowered' })
  expect(titles()).toEqual(['🟠 SEV-2 · web restarts'])
  await outbox.notify({ ...outage, sev: 'SEV-1' })
  expect(titles()).toEqual(['🟠 SEV-2 · web restarts', '🔴 SEV-1 · web restarts'])
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  expect(titles()[2]).toBe('✅ Resolved · SEV-1 · web restarts')
  bench.slack.faults.length = 0
  bench.time += hour
  await outbox.drain()
  expect(bench.slack.messages.map(({ text }) => text)).toEqual(['Resolved after 37m · SEV-1 · web restarts'])
  expect(cards).toHaveLength(3)
})

test('a card that has not gone out either is replaced with the message', async () => {
  const outbox = await bench.open({ teams })
  slackIsAway()
  faults.push({ kind: 'unsent', reason: 'Teams limits the rate', retryAfterMs: minute })
  await outbox.notify(outage)
  await outbox.notify({ ...outage, title: 'web is down' })
  bench.slack.faults.length = 0
  bench.time += hour
  await outbox.drain()
  expect(titles()).toEqual(['🟠 SEV-2 · web is down'])
  expect(bench.slack.messages).toHaveLength(1)
})

test('a card whose answer was lost is sent again, and its trouble is its own', async () => {
  const outbox = await bench.open({ teams })
  faults.push({ kind: 'unsure', reason: 'Teams answered HTTP 502' })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'sent', ts: bench.slack.messages[0]!.ts })
  bench.time += minute
  await outbox.drain()
  expect(cards).toHaveLength(1)
})

test('only Teams: what it refuses is an error of the call, and a message in Slack is begun when Slack comes', async () => {
  const alone = await bench.open({ token: false, teams })
  faults.push({ kind: 'refused', code: 'http-404' })
  await expect(alone.notify(outage)).rejects.toThrow('Teams did not take the card (http-404).')
  expect(await alone.notify(outage)).toMatchObject({ state: 'sent', channel: 'Microsoft Teams' })
  const both = await bench.open({ teams })
  expect(await both.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ channel: '#alerts' })
  expect(bench.slack.messages).toHaveLength(1)
})

test('an incident that Slack was told goes on in Teams when there is only that', async () => {
  await (await bench.open()).notify(outage)
  const alone = await bench.open({ token: false, teams })
  expect(await alone.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ channel: 'Microsoft Teams' })
  await alone.resolve({ fingerprint: outage.fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' })
  expect(titles()).toEqual(['🟠 SEV-2 · web restarts', '✅ Resolved · SEV-2 · web restarts'])
})
