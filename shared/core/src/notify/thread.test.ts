import { expect, test } from 'vitest'
import type { Notification } from '../notification.ts'
import { textsOf, validateBlocks } from './blocks.ts'
import {
  renderChanges,
  renderDetails,
  renderEscalation,
  renderMoved,
  renderReopened,
  renderResolution,
  renderUpdate,
} from './thread.ts'

const now = Date.parse('2026-11-20T14:15:30Z')
const before: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#infrastructure-alerts',
  sev: 'SEV-2',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'web',
  title: 'web restarts',
  impact: 'Pages load slowly.',
  since: '2026-11-20T14:03:00Z',
  cause: 'not enough memory',
  evidence: ['restarted 6 times'],
  nextSteps: ['kubectl get pods'],
  rollback: [],
  change: null,
  owners: ['Ari'],
  explanation: '',
  covers: 0,
}

test('moving numbers in the evidence are not told', () => {
  expect(renderChanges(before, before)).toBeUndefined()
  expect(renderChanges(before, { ...before, evidence: ['restarted 7 times'] })).toBeUndefined()
})

test('what changed is told, each thing on its line, and a SEV-1 calls people', () => {
  const change = {
    repository: 'a/b',
    sha: '123456789',
    url: 'https://x.example/1',
    title: 'less',
    confidence: 'high' as const,
  }
  const after = {
    ...before,
    sev: 'SEV-1' as const,
    title: 'web is down',
    evidence: ['restarted 7 times', 'no endpoint <left>'],
    change,
  }
  const message = renderChanges(before, after)!
  expect(validateBlocks(message.blocks)).toEqual([])
  expect(message.blocks.flatMap(textsOf)).toEqual([message.text])
  expect(message.text).toMatchInlineSnapshot(`
    "<!here> *Worse* SEV-2 → SEV-1
    *Now* web is down
    *Suspected change* <https://x.example/1|a/b@1234567> “less” · high confidence
    *New evidence*
    • no endpoint &lt;left&gt;"
  `)
})

test('an improvement calls nobody', () => {
  const text = renderChanges({ ...before, sev: 'SEV-1' }, before)!.text
  expect(text).toBe('*Better* SEV-1 → SEV-2')
})

test('reopened, resolved and moved are one line each', () => {
  expect(renderReopened({ ...before, sev: 'SEV-1' }, '2026-11-20T13:15:30Z', now).text).toBe(
    '<!here> *Back again*, 60m after it was resolved: web restarts',
  )
  expect(renderResolution(before, '2026-11-20T14:15:00Z', now, 'rolled back <!here>').text).toMatch(
    /^\*Resolved\* <!date\^1795184100\^.*UTC>: rolled back here$/,
  )
  expect(renderMoved({ ...before, sev: 'SEV-1' }, '#critical-alerts').text).toBe(
    '*Worse*: it is SEV-1, continued in #critical-alerts: web restarts',
  )
})

/** The text with times as UTC, as a client without time zones shows it. */
function words(text: string): string {
  return text.replaceAll(/<!date[^|]*\|([^>]*)>/g, '$1')
}

test('an update says what is so, for how long and when the next comes, and what changed besides', () => {
  const after: Notification = { ...before, form: 'update', nextUpdate: '2026-11-20T14:45:30Z' }
  expect(words(renderUpdate(before, after, now).text)).toBe(
    '*Still SEV-2* for 12m: web restarts. restarted 6 times. Next update at 14:45 UTC.',
  )
  const changed = { ...after, cause: 'a leak', nextUpdate: null, since: null, evidence: [] }
  expect(renderUpdate(before, changed, now).text).toBe('*Still SEV-2*: web restarts.\n*Cause* a leak')
})

test('an update wakes nobody, the whole again and an escalation of a SEV-1 do', () => {
  const worst: Notification = { ...before, sev: 'SEV-1', form: 'update' }
  expect(renderUpdate(worst, worst, now).text).not.toContain('<!here>')
  expect(renderUpdate(worst, { ...worst, form: 'full' }, now).text).toMatch(/^<!here> /)
  expect(renderEscalation(worst, worst, now).text).toMatch(/^<!here> \*Nobody has acknowledged this\* SEV-1 for 12m/)
  expect(renderEscalation(before, before, now).text).not.toContain('<!here>')
  expect(renderEscalation(before, before, now, '#web').text).toContain('Say so in #web, where its message is')
})

test('what comes and goes is said to, in place of how long it lasts', () => {
  expect(renderUpdate(before, { ...before, state: 'flapping' }, now).text).toBe(
    '*Comes and goes* SEV-2: web restarts. No more is said here until it stops or gets worse.',
  )
})

test('details are what the message cut, and a reading is marked as one', () => {
  expect(renderDetails(before)).toBeUndefined()
  const many = { ...before, evidence: ['a', 'b', 'c', 'd', 'e'], explanation: 'It leaks.\n\n\n\n<!here> ```x```' }
  const message = renderDetails(many)!
  expect(validateBlocks(message.blocks)).toEqual([])
  expect(message.blocks.flatMap(textsOf)).toEqual([
    '*All evidence*\n• a\n• b\n• c\n• d\n• e',
    "*A model's reading of the evidence, not a fact*\nIt leaks.\n\nhere '''x'''",
  ])
})

test('all changes at once are still a message that Slack takes', () => {
  const long = 'x'.repeat(500)
  const after: Notification = {
    ...before,
    sev: 'SEV-1',
    title: long,
    impact: long,
    cause: long,
    evidence: Array.from({ length: 12 }, (_, index) => `${'abcdefghijkl'[index]}${'&'.repeat(900)}`),
    explanation: '&'.repeat(1500),
    owners: Array.from({ length: 10 }, () => long.slice(0, 200)),
  }
  const message = renderChanges(before, after)!
  expect(validateBlocks(message.blocks)).toEqual([])
  expect(message.blocks.length).toBeGreaterThan(1)
})
