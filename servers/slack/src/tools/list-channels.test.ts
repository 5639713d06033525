import { RESULT_BUDGET } from '@kubevigil/core/budget'
import { expect, test } from 'vitest'
import type { SlackContext } from '../context.ts'
import type { Answer, Channel, SlackApi } from '../slack/api.ts'
import { createChannelPolicy } from '../slack/channel-policy.ts'
import { listChannels } from './list-channels.ts'

const call = { signal: new AbortController().signal, progress: () => {} }

function contextWith(
  answer: Answer<{ channels: Channel[]; nextCursor: string | undefined }> | undefined,
): SlackContext & { drained: () => number } {
  let drained = 0
  const outbox = { drain: async () => void drained++ } as unknown as SlackContext['outbox']
  const slack = answer && ({ listChannels: async () => answer } as unknown as SlackApi)
  const policy = createChannelPolicy(undefined, ['alerts'])
  return { outbox, slack, policy, drained: () => drained } as SlackContext & { drained: () => number }
}

test('compact rows with clean topics; what waits goes out first', async () => {
  const topic = `on call:\n<@U1|Ari> password=hunter2hunter2 ${'x'.repeat(300)}`
  const channels = [{ id: 'C0123456789', name: 'alerts', member: true, topic }]
  const context = contextWith({ ok: true, value: { channels, nextCursor: 'next' } })
  const answer = await listChannels.run({ limit: 40 }, context, call)
  expect(answer).toMatchObject({ nextCursor: 'next', writable: ['#alerts'] })
  expect(answer.channels[0]!.topic).toMatch(/^on call: Ari password=<redacted:password> x+…$/)
  expect(answer.channels[0]!.topic).toHaveLength(80)
  expect(context.drained()).toBe(1)
})

test('the largest page stays within the budget', async () => {
  const channels = Array.from({ length: 50 }, () => ({
    id: 'C0123456789A',
    name: '"'.repeat(80),
    member: false,
    topic: '"'.repeat(250),
  }))
  const answer = await listChannels.run(
    { limit: 50 },
    contextWith({ ok: true, value: { channels, nextCursor: 'x'.repeat(100) } }),
    call,
  )
  expect(JSON.stringify(answer).length).toBeLessThan(RESULT_BUDGET)
})

test('says what is missing', async () => {
  await expect(listChannels.run({ limit: 40 }, contextWith(undefined), call)).rejects.toThrow(
    'SLACK_BOT_TOKEN is not set',
  )
  const refused = (code: string) => contextWith({ ok: false, failure: { kind: 'refused', code } })
  await expect(listChannels.run({ limit: 40 }, refused('missing_scope'), call)).rejects.toThrow('lacks a permission')
  await expect(listChannels.run({ limit: 40 }, refused('invalid_cursor'), call)).rejects.toThrow(
    'does not know this cursor',
  )
  const away = contextWith({ ok: false, failure: { kind: 'unsure', reason: 'Slack answered HTTP 500' } })
  await expect(listChannels.run({ limit: 40 }, away, call)).rejects.toThrow(
    'Slack did not answer: Slack answered HTTP 500.',
  )
})
