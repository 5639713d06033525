import { readdirSync } from 'node:fs'
import type { Digest } from '@kubevigil/core/notification'
import { hour, minute } from '@kubevigil/core/time'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBench, outage, type Bench } from './testing.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

function storm(names: readonly string[], more: Partial<Digest> = {}): Digest {
  const incidents = names.map((name) => ({
    fingerprint: name,
    sev: 'SEV-2' as const,
    title: `${name} is down`,
    service: name,
    since: '2026-11-20T14:03:00Z',
  }))
  return { channel: '#alerts', cluster: 'homelab', why: 'storm', incidents, omitted: 0, ...more }
}

function end(fingerprint: string) {
  return { fingerprint, resolvedAt: '2026-11-20T14:40:00Z', note: '' }
}

/** The lines of the message, without its header and footer. */
function lines(index = 0): string[] {
  const blocks = bench.slack.messages[index]!.blocks ?? []
  return blocks
    .flatMap((block) => (block.type === 'section' ? block.text.text.split('\n') : []))
    .map((text) => text.replaceAll(/<!date[^|]*\|([^>]*)>/g, '$1'))
}

const roots = () => bench.slack.messages.filter(({ threadTs }) => threadTs === null)

test('many incidents are one message; the same call again, over restarts too, tells nothing', async () => {
  const outbox = await bench.open()
  const sent = await outbox.digest(storm(['web', 'api'], { omitted: 3 }))
  expect(sent).toMatchObject({ state: 'sent', channel: '#alerts', told: ['web', 'api'] })
  expect(await outbox.digest(storm(['web', 'api']))).toMatchObject({
    state: 'unchanged',
    ts: sent.ts,
    told: ['web', 'api'],
  })
  expect(await (await bench.open()).digest(storm(['api']))).toMatchObject({ state: 'unchanged', ts: sent.ts })
  expect(bench.slack.messages).toHaveLength(1)
  expect(bench.slack.messages[0]!.text).toBe(
    '🟠 2 incidents began together · homelab: SEV-2 web is down; SEV-2 api is down',
  )
  expect(lines()).toEqual(['🟠 *SEV-2* web is down · since 14:03 UTC', '🟠 *SEV-2* api is down · since 14:03 UTC'])
  expect(JSON.stringify(bench.slack.messages[0]!.blocks)).toContain('and 3 more that are not named here')
})

test('what ends is struck through in place; the last one turns the whole message', async () => {
  const outbox = await bench.open()
  const { ts } = await outbox.digest(storm(['web', 'api']))
  expect(await outbox.resolve(end('web'))).toMatchObject({ state: 'resolved', ts })
  expect(await outbox.resolve(end('web'))).toMatchObject({ state: 'unchanged' })
  expect(lines()).toEqual(['~SEV-2 web is down~ resolved', '🟠 *SEV-2* api is down · since 14:03 UTC'])
  await outbox.resolve(end('api'))
  expect(bench.slack.messages).toHaveLength(1)
  expect(bench.slack.messages[0]!.text).toBe('✅ All resolved · 2 incidents began together · homelab')
})

test('one that gets a message of its own is linked from its line, and ends in both', async () => {
  const outbox = await bench.open()
  await outbox.digest(storm(['web', 'api']))
  const own = { ...outage, fingerprint: 'web', sev: 'SEV-1' as const }
  expect(await outbox.notify(own)).toMatchObject({ state: 'sent' })
  const link = `https://slack.example/archives/C00000000/p${bench.slack.messages[1]!.ts.replace('.', '')}`
  expect(lines()[0]).toBe(`🟠 *SEV-2* web is down · <${link}|told in a message of its own>`)
  // Told already, and not again.
  expect(await outbox.digest(storm(['web']))).toMatchObject({ state: 'unchanged', ts: null, told: [] })
  await outbox.resolve(end('web'))
  await outbox.drain()
  expect(lines()[0]).toBe('~SEV-2 web is down~ resolved')
  expect(bench.slack.messages[1]!.text).toMatch(/^Resolved/)
})

test('what has its own message is left out of a digest', async () => {
  const outbox = await bench.open()
  await outbox.notify({ ...outage, fingerprint: 'web' })
  expect(await outbox.digest(storm(['web', 'api']))).toMatchObject({ told: ['api'] })
  expect(lines(1)).toEqual(['🟠 *SEV-2* api is down · since 14:03 UTC'])
})

test('more of the same storm join its message, shown in the channel; another cluster, reason or hour is another digest', async () => {
  const outbox = await bench.open()
  await outbox.digest(storm(['web']))
  bench.time += 10 * minute
  expect(await outbox.digest(storm(['web', 'api']))).toMatchObject({ state: 'updated', told: ['web', 'api'] })
  expect(lines()).toHaveLength(2)
  expect(bench.slack.messages[1]).toMatchObject({ broadcast: true, threadTs: bench.slack.messages[0]!.ts })
  expect(bench.slack.messages[1]!.text).toMatch(/^\*1 more\* has begun, named above:\n🟠 \*SEV-2\* api is down/)
  await outbox.digest(storm(['a'], { cluster: 'other' }))
  await outbox.digest(storm(['b'], { why: 'business-hours' }))
  bench.time += hour
  await outbox.digest(storm(['c']))
  expect(roots()).toHaveLength(4)
})

test('one that ended and began again is open again on its line', async () => {
  const outbox = await bench.open()
  await outbox.digest(storm(['web', 'api']))
  await outbox.resolve(end('web'))
  expect(await outbox.digest(storm(['web']))).toMatchObject({ told: ['web'] })
  expect(lines()).toEqual(['🟠 *SEV-2* api is down · since 14:03 UTC', '🟠 *SEV-2* web is down · since 14:03 UTC'])
})

test('while Slack is away it waits as a file, and goes out as it is then', async () => {
  const silent = await bench.open({ token: false })
  expect(await silent.digest(storm(['web', 'api']))).toMatchObject({ state: 'queued', told: ['web', 'api'] })
  await silent.digest(storm(['db']))
  expect(await silent.resolve(end('web'))).toMatchObject({ state: 'queued' })
  expect(readdirSync(bench.incidentFolder)).toHaveLength(1)
  await (await bench.open()).drain()
  expect(readdirSync(bench.incidentFolder)).toEqual([])
  expect(bench.slack.messages).toHaveLength(1)
  expect(lines()).toEqual([
    '~SEV-2 web is down~ resolved',
    '🟠 *SEV-2* api is down · since 14:03 UTC',
    '🟠 *SEV-2* db is down · since 14:03 UTC',
  ])
})

test('a SEV-1 in it calls people, and a digest is no incident', async () => {
  const outbox = await bench.open()
  const [web] = storm(['web']).incidents
  await outbox.digest(storm([], { incidents: [{ ...web!, sev: 'SEV-1' }] }))
  expect(bench.slack.messages[0]!.text).toMatch(/^<!here> 🔴/)
  const { rows } = outbox.status({ fingerprint: undefined, limit: 1, after: undefined })
  await expect(outbox.notify({ ...outage, fingerprint: rows[0]!.incident! })).rejects.toThrow('is a digest.')
})

test('fifty incidents with the longest words are one message that Slack takes', async () => {
  const outbox = await bench.open()
  const names = Array.from({ length: 50 }, (_, index) => `${index}`)
  const incidents = storm(names).incidents.map((one) => ({ ...one, title: '&'.repeat(500), service: '<'.repeat(200) }))
  await outbox.digest(storm([], { incidents }))
  expect(bench.slack.messages[0]!.blocks).not.toBeNull()
  expect(lines()).toHaveLength(50)
})
