import { expect, test } from 'vitest'
import type { Notification } from '../notification.ts'
import { textsOf, validateBlocks } from './blocks.ts'
import { renderChanges, renderMoved, renderReopened, renderResolution } from './thread.ts'

const now = Date.parse('2026-11-20T14:15:30Z')
const before: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#infrastructure-alerts',
  sev: 'SEV-2',
  state: 'new',
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
  expect(renderMoved({ ...before, sev: 'SEV-1' }, 'critical-alerts').text).toBe(
    '*Worse* now SEV-1, continued in #critical-alerts: web restarts',
  )
})
