import type { Notification } from '@kubevigil/core/notification'
import { minute, toInstant } from '@kubevigil/core/time'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBench, outage, type Bench } from './testing.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

/** The words of the thread, each line's first sentence; `!` where the channel sees it too. */
function thread(): string[] {
  return bench.slack.messages
    .filter(({ threadTs }) => threadTs !== null)
    .map(({ text, broadcast }) => `${broadcast ? '!' : ''}${text.replaceAll(/<!date[^|]*\|([^>]*)>/g, '$1')}`)
}

function at(ahead: number): string {
  return toInstant(bench.time + ahead)
}

const update = (more: Partial<Notification> = {}): Notification => ({ ...outage, form: 'update', ...more })

test('an update says in the thread that it lasts, for how long and when the next comes; the message is edited', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(30 * minute) })
  bench.time += 30 * minute
  const told = await outbox.notify(update({ evidence: ['0 of 2 replicas ready'], nextUpdate: at(30 * minute) }))
  expect(told).toMatchObject({ state: 'updated', ts: bench.slack.messages[0]!.ts })
  expect(bench.slack.messages[0]!.edits).toBe(1)
  expect(thread()).toEqual([
    '*Still SEV-2* for 42m: web restarts. 0 of 2 replicas ready. Next update at 15:15 UTC.\n*New evidence*\n• 0 of 2 replicas ready',
  ])
})

test('the same facts are told again when the next update is due, and not when the same call is made again', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(30 * minute) })
  bench.time += 30 * minute
  const again = update({ nextUpdate: at(30 * minute) })
  expect(await outbox.notify(again)).toMatchObject({ state: 'updated' })
  // A driver that died before it noted this decides anew, with another moment.
  bench.time += minute
  expect(await outbox.notify(again)).toMatchObject({ state: 'unchanged' })
  expect(await (await bench.open()).notify(update({ nextUpdate: at(30 * minute) }))).toMatchObject({
    state: 'unchanged',
  })
  expect(thread()).toHaveLength(1)
  bench.time += 29 * minute
  expect(await outbox.notify(update({ nextUpdate: at(30 * minute) }))).toMatchObject({ state: 'updated' })
  expect(thread()).toHaveLength(2)
})

test('changed facts do not put off the next update', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(30 * minute) })
  for (let cycle = 1; cycle <= 6; cycle++) {
    bench.time += 5 * minute
    await outbox.notify(update({ evidence: [`restarted ${cycle} times`], nextUpdate: at(30 * minute) }))
  }
  expect(thread().filter((text) => text.startsWith('*Still'))).toHaveLength(1)
})

test('an update that a crash cut short is said once', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(15 * minute) })
  bench.time += 15 * minute
  bench.slack.faults.push(undefined, { kind: 'lost' })
  const asked = update({ nextUpdate: at(15 * minute) })
  await Promise.all([outbox.notify(asked), (await bench.open()).notify(asked)])
  bench.time += minute
  await outbox.drain()
  expect(thread()).toHaveLength(1)
})

test('without a moment for the next one an update is the same for ten minutes; one too far ahead holds a day', async () => {
  const outbox = await bench.open()
  await outbox.notify(outage)
  expect(await outbox.notify(update())).toMatchObject({ state: 'updated' })
  bench.time += 9 * minute
  expect(await outbox.notify(update())).toMatchObject({ state: 'unchanged' })
  bench.time += 2 * minute
  expect(await outbox.notify(update({ nextUpdate: '2999-01-01T00:00:00Z' }))).toMatchObject({ state: 'updated' })
  bench.time += 24 * 60 * minute
  expect(await outbox.notify(update())).toMatchObject({ state: 'updated' })
})

test('an escalation is shown in the channel, says that nobody took it, and is not held up by the cadence', async () => {
  const outbox = await bench.open()
  const worst = { ...outage, sev: 'SEV-1' as const }
  await outbox.notify({ ...worst, nextUpdate: at(15 * minute) })
  bench.time += 10 * minute
  const escalation = { ...worst, form: 'escalation' as const, nextUpdate: at(5 * minute) }
  expect(await outbox.notify(escalation)).toMatchObject({ state: 'updated' })
  expect(await outbox.notify(escalation)).toMatchObject({ state: 'unchanged' })
  expect(thread()).toEqual([
    '!<!here> *Nobody has acknowledged this* SEV-1 for 22m: web restarts.\nWho takes it? Say so here, and have it acknowledged. Next update at 14:30 UTC.',
  ])
})

test('an update of what nobody was told, or has ended, is the message itself', async () => {
  const outbox = await bench.open()
  expect(await outbox.notify(update())).toMatchObject({ state: 'sent' })
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: at(0), note: '' })
  await outbox.notify(update())
  expect(bench.slack.messages[0]!.text).toMatch(/^SEV-2 again/)
  expect(thread().some((text) => text.startsWith('*Still'))).toBe(false)
})

test("a model's reading stands in the thread as one, once, and a cycle without a model takes nothing back", async () => {
  const outbox = await bench.open()
  const explanation = 'The limit of 256Mi is below what it needs <!here>.'
  await outbox.notify({ ...outage, explanation })
  await outbox.notify({ ...outage, explanation })
  expect(await outbox.notify(outage)).toMatchObject({ state: 'unchanged' })
  expect(thread()).toEqual([
    `*A model's reading of the evidence, not a fact*\n${explanation.replace('<!here>', 'here')}`,
  ])
  await outbox.notify({ ...outage, explanation: 'It leaks.' })
  expect(thread()[1]).toBe("*A model's reading of the evidence, not a fact*\nIt leaks.")
  expect(JSON.stringify(bench.slack.messages[0]!.blocks)).not.toContain('reading')
})

test('evidence that the message has no room for is in the thread, whole', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, evidence: Array.from({ length: 7 }, (_, index) => `fact ${index}`) })
  expect(thread()[0]).toMatch(/^\*All evidence\*\n• fact 0\n[^]*• fact 6$/)
})

test('the whole again, when it is due, is shown in the channel and calls people; before that it is unchanged', async () => {
  const outbox = await bench.open()
  const whole = { ...outage, sev: 'SEV-1' as const, nextUpdate: at(15 * minute) }
  await outbox.notify(whole)
  expect(await outbox.notify({ ...whole, nextUpdate: at(20 * minute) })).toMatchObject({ state: 'unchanged' })
  bench.time += 180 * minute
  expect(await outbox.notify({ ...whole, nextUpdate: at(15 * minute) })).toMatchObject({ state: 'updated' })
  expect(await outbox.notify({ ...whole, nextUpdate: at(15 * minute) })).toMatchObject({ state: 'unchanged' })
  expect(thread()).toEqual(['!<!here> *Still SEV-1* for 3h12m: web restarts. Next update at 17:30 UTC.'])
  expect(bench.slack.messages.filter(({ threadTs }) => threadTs === null)).toHaveLength(1)
})

test('an escalation to another channel is said there too, once, and turns when the incident ends', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(30 * minute) })
  bench.time += 15 * minute
  const escalation = { ...outage, channel: '#news', form: 'escalation' as const, nextUpdate: at(30 * minute) }
  await outbox.notify(escalation)
  await outbox.notify(escalation)
  const elsewhere = bench.slack.messages.filter(({ channelId }) => channelId === 'C00000001')
  expect(elsewhere).toHaveLength(1)
  expect(elsewhere[0]!.text).toContain('Say so in #alerts, where its message is')
  expect(thread()).toHaveLength(1)
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: at(0), note: '' })
  expect(elsewhere[0]!.text).toMatch(/^Resolved after \S+ · SEV-2/)
})

test('what waited to call people wakes nobody once the incident has ended, and is still said', async () => {
  const outbox = await bench.open()
  const grave = { ...outage, sev: 'SEV-1' as const }
  await outbox.notify({ ...grave, nextUpdate: at(30 * minute) })
  bench.time += 15 * minute
  const silent = await bench.open({ token: false })
  const escalation = { ...grave, form: 'escalation' as const, nextUpdate: at(30 * minute) }
  await silent.notify({ ...escalation, channel: '#news' })
  await silent.resolve({ fingerprint: outage.fingerprint, resolvedAt: at(0), note: '' })
  await outbox.flush(20)
  expect(bench.slack.messages.filter(({ channelId }) => channelId === 'C00000001')).toEqual([])
  expect(thread()).toEqual([
    expect.stringMatching(/^\*Nobody has acknowledged this\* SEV-1/) as string,
    expect.stringMatching(/^\*Resolved\*/) as string,
  ])
  expect(JSON.stringify(bench.slack.messages.filter(({ threadTs }) => threadTs !== null))).not.toContain('<!here>')
})

test('that it comes and goes is said when it begins, once, and calls nobody', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, nextUpdate: at(30 * minute) })
  bench.time += minute
  const flapping = update({ state: 'flapping' })
  await outbox.notify(flapping)
  await outbox.notify(flapping)
  expect(thread()).toEqual(['*Comes and goes* SEV-2: web restarts. No more is said here until it stops or gets worse.'])
})

test('back again while it comes and goes is not told as back again', async () => {
  const outbox = await bench.open()
  await outbox.notify(outage)
  await outbox.resolve({ fingerprint: outage.fingerprint, resolvedAt: at(0), note: '' })
  await outbox.notify(update({ state: 'flapping' }))
  expect(thread().at(-1)).toMatch(/^\*Comes and goes\*/)
  expect(bench.slack.messages[0]!.text).toMatch(/^SEV-2 · web restarts/)
})
