import { readFileSync } from 'node:fs'
import { incident, justNow } from '@kubevigil/core/assess/testing'
import { day, hour, toInstant } from '@kubevigil/core/time'
import { expect, test } from 'vitest'
import { getIncident } from './get-incident.ts'
import { call, runCycle, testContext } from './testing.ts'
import { updateIncident } from './update-incident.ts'

const down = incident('n8n', 0, 1, { rule: 'POD_CRASH_LOOP', since: justNow(hour) })
const { fingerprint } = down
const short = { ...down, affected: [{ ...down.affected[0]!, ready: 1, desired: 2 }] }
const until = (days: number) => justNow(-days * day)

async function decided(context: Awaited<ReturnType<typeof testContext>>, one = down) {
  const { assessed } = await runCycle(context, [one], { deliver: () => null })
  return assessed.assessments[0]!
}

test('a silence stops messages until it ends, and lowers nothing', async () => {
  const context = await testContext()
  await decided(context)
  const asked = { fingerprint, action: 'silence' as const, by: 'Ari Levi', until: until(1), note: 'moving the rack' }
  expect(await call(updateIncident, asked, context)).toMatchObject({ silencedBy: 'Ari Levi', sev: 'SEV-1' })
  expect(await decided(context)).toMatchObject({
    sev: 'SEV-1',
    decision: { notify: false, reasons: ['Silenced by Ari Levi until 2026-11-20T14:00:00Z'] },
  })
  context.clock.now += day
  expect((await decided(context)).decision.notify).toBe(true)
  context.clock.now -= day
  await call(updateIncident, { fingerprint, action: 'unsilence', by: 'Ari Levi' }, context)
  expect((await decided(context)).decision.notify).toBe(true)
})

test('an acknowledged incident is quiet until it is worse or comes back', async () => {
  const context = await testContext()
  expect((await decided(context, short)).sev).toBe('SEV-2')
  await call(updateIncident, { fingerprint, action: 'acknowledge', by: 'Ari' }, context)
  expect((await decided(context, short)).decision.notify).toBe(false)
  expect(await decided(context)).toMatchObject({ sev: 'SEV-1', decision: { notify: true } })
  await runCycle(context, [])
  expect(await decided(context, short)).toMatchObject({ state: 'reopened', decision: { notify: true } })
})

test('resolved by hand: over until it is seen again, and all of it stands in the timeline', async () => {
  const context = await testContext()
  await decided(context)
  await call(updateIncident, { fingerprint, action: 'note', by: 'Ari', note: 'password=hunter2secret' }, context)
  const over = await call(updateIncident, { fingerprint, action: 'resolve', by: 'Ari' }, context)
  expect(over.state).toBe('resolved')
  await expect(call(updateIncident, { fingerprint, action: 'acknowledge', by: 'Ari' }, context)).rejects.toThrow(
    'It was resolved at 2026-11-19T14:00:00Z',
  )
  expect((await decided(context)).state).toBe('reopened')
  const { timeline, episodes } = await call(getIncident, { fingerprint }, context)
  expect(timeline.filter(({ kind }) => kind === 'person').map(({ text }) => text)).toEqual([
    'note by Ari: password=<redacted:password>',
    'resolve by Ari',
  ])
  expect(episodes).toHaveLength(2)
  expect(readFileSync(`${context.path}-wal`, 'latin1')).not.toContain('hunter2secret')
})

test.for([
  [{ action: 'silence' }, 'needs an end'],
  [{ action: 'silence', until: until(31) }, 'lasts at most 30d. The latest'],
  [{ action: 'silence', until: justNow(1) }, 'in the past'],
  [{ action: 'silence', until: until(1), by: 'claude' }, 'only by a named person'],
  [{ action: 'note' }, 'needs a text'],
  [{ action: 'note', note: 'x', fingerprint: 'ffff' }, 'No incident is remembered'],
] as const)('%o is refused', async ([rest, message]) => {
  const context = await testContext()
  await decided(context)
  const failed = call(updateIncident, { fingerprint, by: 'Ari', ...rest }, context).catch((error: unknown) => {
    const { message: said, hint } = error as Error & { hint: string }
    return `${said} ${hint}`
  })
  expect(await failed).toContain(message)
  expect(toInstant(context.now())).toBe('2026-11-19T14:00:00Z')
})
