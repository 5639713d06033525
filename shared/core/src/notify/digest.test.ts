import { expect, test } from 'vitest'
import { textsOf, validateBlocks } from './blocks.ts'
import { renderDigest, renderJoined, type DigestMember, type SentDigest } from './digest.ts'

function member(name: string, more: Partial<DigestMember> = {}): DigestMember {
  const facts = { fingerprint: name, sev: 'SEV-2', title: `${name} is down`, service: name } as const
  return { ...facts, since: '2026-11-20T14:03:00Z', state: 'open', link: null, ...more }
}

const digest: SentDigest = {
  channel: 'alerts',
  cluster: 'homelab',
  why: 'storm',
  omitted: 0,
  members: [
    member('web'),
    member('api', { state: 'resolved', title: 'api ~ is down' }),
    member('db', { state: 'own' }),
  ],
}

function shown(one: SentDigest): string[] {
  return renderDigest(one)
    .blocks.flatMap(textsOf)
    .join('\n')
    .replaceAll(/<!date[^|]*\|([^>]*)>/g, '$1')
    .split('\n')
}

test('a line an incident: open, struck through, or with a message of its own', () => {
  expect(shown(digest)).toEqual([
    '🟠 3 incidents began together · homelab',
    '🟠 *SEV-2* web is down · since 14:03 UTC',
    '~SEV-2 api ∼ is down~ resolved',
    '🟠 *SEV-2* db is down · told in a message of its own',
    'cluster `homelab` · told together, because many began at once',
  ])
})

test('its colour and its call are of the worst that is open; when all have ended it calls nobody', () => {
  const worst = { ...digest, members: [...digest.members, member('pay', { sev: 'SEV-1' })] }
  expect(renderDigest(worst).text).toMatch(/^<!here> 🔴 4 incidents/)
  expect(renderDigest(digest).text).not.toContain('<!here>')
  const over = { ...worst, members: worst.members.map((one) => ({ ...one, state: 'resolved' as const })) }
  expect(renderDigest(over).text).toBe('✅ All resolved · 4 incidents began together · homelab')
  expect(JSON.stringify(renderDigest(over).blocks)).not.toContain('<!here>')
})

test('what is left out is counted, and a link is only one that Slack gave', () => {
  const link = 'https://x.slack.com/archives/C0/p1'
  const linked = {
    ...digest,
    why: 'business-hours' as const,
    omitted: 7,
    members: [member('db', { state: 'own', link })],
  }
  expect(shown(linked)).toEqual([
    '🟠 1 incident for business hours · homelab',
    `🟠 *SEV-2* db is down · <${link}|told in a message of its own>`,
    'cluster `homelab` · told together, in business hours · and 7 more that are not named here',
  ])
  expect(
    JSON.stringify(renderDigest({ ...digest, members: [member('db', { state: 'own', link: 'javascript:1' })] })),
  ).not.toContain('javascript')
})

test('fifty long lines fit, and who joins is named', () => {
  const members = Array.from({ length: 50 }, (_, index) => member(`${index}`, { title: '&'.repeat(500) }))
  expect(validateBlocks(renderDigest({ ...digest, members }).blocks)).toEqual([])
  const joined = renderJoined(members)
  expect(validateBlocks(joined.blocks)).toEqual([])
  expect(joined.text).toMatch(/^\*50 more\* have begun, named above:/)
  expect(joined.text).toContain('_… and 45 more_')
})
