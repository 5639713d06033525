import { join } from 'node:path'
import { minute } from '@kubevigil/core/time'
import { openStore } from '@kubevigil/store/open'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FakeSlack } from './fake-slack.ts'
import { enqueue } from './rows.ts'
import { migrations } from './schema.ts'
import { createBench, outage, type Bench } from './testing.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

/** The shortest time between two calls about the same channel. */
function closest({ began }: FakeSlack): number {
  const last = new Map<string, number>()
  let shortest = Infinity
  for (const { channel, at } of began) {
    shortest = Math.min(shortest, at - (last.get(channel) ?? -Infinity))
    last.set(channel, at)
  }
  return shortest
}

/** Puts messages on disk as calls without a token do. */
async function queue(count: number, channels = ['alerts']): Promise<void> {
  const store = await openStore({ path: join(bench.folder, 'slack.db'), migrations })
  store.write((sql) => {
    for (let number = 0; number < count; number++) {
      const channel = channels[number % channels.length]!
      const row = { key: `key ${number}`, incident: null, kind: 'message', channel, blocks: null } as const
      enqueue(sql, { ...row, text: `message ${number}` }, bench.time)
    }
  })
  store.close()
}

test(
  'a thousand messages that waited go out in order, never two in a second, by two processes',
  { timeout: 120_000 },
  async () => {
    await queue(1000)
    const both = [await bench.open(), await bench.open()]
    const began = bench.time
    for (let calls = 0; bench.slack.messages.length < 1000 && calls < 200; calls++) {
      await Promise.all(both.map((outbox) => outbox.flush(20)))
    }
    expect(bench.slack.messages.map(({ text }) => text)).toEqual(
      Array.from({ length: 1000 }, (_, number) => `message ${number}`),
    )
    expect(closest(bench.slack)).toBeGreaterThanOrEqual(1000)
    // Not slower than the pace either, but for the ends of calls.
    expect(bench.time - began).toBeLessThan(1100 * 1000)
  },
)

test('channels have their own pace, and a full one does not hold up another', async () => {
  await queue(300)
  const outbox = await bench.open()
  const began = bench.time
  await outbox.post({ channel: 'news', text: 'hi', threadTs: undefined, key: 'news' })
  expect(bench.slack.began[0]).toMatchObject({ at: began })
  expect(bench.slack.messages[0]).toMatchObject({ text: 'hi' })
  expect(closest(bench.slack)).toBeGreaterThanOrEqual(1000)
})

test('edits and replies keep the pace too', async () => {
  const outbox = await bench.open()
  await outbox.notify(outage)
  expect(await outbox.notify({ ...outage, cause: 'limit lowered' })).toMatchObject({ state: 'updated' })
  expect(bench.slack.began).toHaveLength(3)
  expect(closest(bench.slack)).toBeGreaterThanOrEqual(1000)
})

test('a rate limit holds the whole channel, also when somebody asks for it now, and no other channel', async () => {
  await queue(4, ['alerts', 'news'])
  const outbox = await bench.open()
  bench.slack.faults.push({ kind: 'unsent', reason: 'Slack limits the rate', retryAfterMs: minute })
  const began = bench.time
  expect((await outbox.flush(20)).sent).toEqual([])
  expect((await outbox.flush(20)).sent.map(({ channel }) => channel)).toEqual(['news', 'news'])
  expect(bench.slack.began.filter(({ channel, at }) => channel === 'C00000000' && at > began)).toEqual([])
  bench.time = began + minute
  expect((await outbox.flush(20)).sent.map(({ text }) => text)).toEqual(['message 0', 'message 2'])
})

test('a clock that was wrong holds a channel no longer than Slack could', async () => {
  const outbox = await bench.open()
  await outbox.notify(outage)
  bench.time -= 24 * 60 * minute
  expect(await outbox.notify({ ...outage, fingerprint: 'other' })).toMatchObject({ state: 'sent' })
})
