import { expect, test } from 'vitest'
import type { Notification } from '../notification.ts'
import { bytes, cardBytes, digestCard, incidentCard, resolvedCard } from './card.ts'
import type { DigestMember } from './digest.ts'

const now = Date.parse('2026-11-20T14:15:30Z')
const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#critical-alerts',
  sev: 'SEV-1',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'web',
  title: 'web is down',
  impact: 'Nobody can open the shop.',
  since: '2026-11-20T14:03:00Z',
  cause: 'not enough [memory](https://evil.example) password=hunter2hunter2',
  evidence: ['0 of 2 replicas ready'],
  nextSteps: ['kubectl get pods'],
  rollback: [],
  change: {
    repository: 'a/b',
    sha: '9c41f0aa7e5521',
    url: 'https://github.com/a/b/commit/9c41f0aa7e5521',
    title: 'less memory',
    confidence: 'high',
  },
  owners: ['Ari'],
  explanation: '',
  covers: 0,
}

function member(name: string, state: DigestMember['state']): DigestMember {
  return { fingerprint: name, sev: 'SEV-2', title: `${name} is down`, service: name, since: null, state, link: null }
}

/** The texts of a card, a block a line. */
function lines({ content }: { content: object }): string[] {
  const { body } = content as { body: { inlines: { text: string }[] }[] }
  return body.map(({ inlines }) => inlines.map(({ text }) => text).join(''))
}

test('a card says what the message in Slack says first, with a button to the change', () => {
  const card = incidentCard(outage, now)
  expect(card.summary).toBe('🔴 SEV-1 · web is down')
  expect(lines(card)).toEqual([
    '🔴 SEV-1 · web is down',
    'Impact Nobody can open the shop.',
    'Since 2026-11-20 14:03 UTC (12m before this was written)',
    'Cause not enough [memory](https://evil.example) password=<redacted:password>',
    'Suspected change a/b@9c41f0a “less memory” · high confidence',
    'Do now',
    'kubectl get pods',
    'Evidence',
    '0 of 2 replicas ready',
    'Who decides Ari',
    'Where cluster homelab, incident 3f2a91c0d4e5b677',
  ])
  expect(card.content).toMatchObject({ actions: [{ type: 'Action.OpenUrl', url: outage.change!.url }] })
})

test('a card says how many incidents it covers, and no span for an onset that lies ahead', () => {
  const texts = lines(incidentCard({ ...outage, covers: 2, since: '2026-11-20T14:30:00Z' }, now))
  expect(texts).toContain('Covers 2 more incidents, not told on their own')
  expect(texts).toContain('Since 2026-11-20 14:30 UTC')
})

test('text becomes neither a link nor a mention, and an address that is none makes no button', () => {
  const card = incidentCard({ ...outage, change: { ...outage.change!, url: 'javascript:alert(1)' } }, now)
  expect(JSON.stringify(card)).not.toMatch(/"TextBlock"|"FactSet"|"entities"|javascript|Action/)
})

test('escalated and back again are said in the title', () => {
  expect(incidentCard({ ...outage, form: 'escalation' }, now).summary).toContain('SEV-1: nobody has acknowledged this')
  expect(incidentCard({ ...outage, state: 'reopened' }, now).summary).toContain('SEV-1 again')
})

test('an end is a card of its own', () => {
  expect(lines(resolvedCard(outage, '2026-11-20T14:40:00Z', now, 'reverted'))).toEqual([
    '✅ Resolved · SEV-1 · web is down',
    'Resolved 2026-11-20 14:40 UTC after 37m',
    'Note reverted',
    'Where cluster homelab, incident 3f2a91c0d4e5b677',
  ])
})

test('a digest names what is open, and what is left out', () => {
  const base = { channel: 'x', cluster: 'homelab', why: 'storm', omitted: 2 } as const
  expect(lines(digestCard({ ...base, members: [member('web', 'open'), member('api', 'resolved')] }))).toEqual([
    '🟠 2 incidents began together · homelab',
    '🟠 SEV-2 web is down',
    'and 2 more',
  ])
  expect(digestCard({ ...base, members: [member('web', 'resolved')] }).summary).toMatch(/^✅ All resolved/)
})

test('the widest notification is shortened until it fits', () => {
  const wide = '日'.repeat(500)
  const most = {
    impact: wide,
    cause: wide,
    nextSteps: Array.from({ length: 6 }, () => wide),
    rollback: Array.from({ length: 8 }, () => wide),
  }
  const json = JSON.stringify(incidentCard({ ...outage, ...most }, now).content)
  expect(bytes(json)).toBeLessThanOrEqual(cardBytes)
  expect(bytes(json)).toBeGreaterThan(5000)
})
