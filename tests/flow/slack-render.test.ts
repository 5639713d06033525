import { array, assert, constant, constantFrom, nat, oneof, property, record, string, type Arbitrary } from 'fast-check'
import { expect, test } from 'vitest'
import { Digest, Notification } from '../../shared/core/src/notification.ts'
import { render, renderResolved, validateBlocks, type Message } from '../../shared/core/src/notify.ts'
import { renderApproval, renderVerdict } from '../../shared/core/src/notify/approval.ts'
import { textsOf } from '../../shared/core/src/notify/blocks.ts'
import { bytes, cardBytes, digestCard, incidentCard, resolvedCard } from '../../shared/core/src/notify/card.ts'
import { renderDigest, renderJoined } from '../../shared/core/src/notify/digest.ts'
import {
  renderChanges,
  renderDetails,
  renderEscalation,
  renderMoved,
  renderReopened,
  renderResolution,
  renderUpdate,
} from '../../shared/core/src/notify/thread.ts'
import { validateBlocks as asSlackDoes } from '../../shared/simulator/src/slack/blocks.ts'

const now = Date.parse('2026-11-20T14:15:30Z')
const rounds = 10_000

/** What clusters, commits, models and attackers write: markup, mentions, directions, emoji, halves of characters, secrets. */
const pieces = [
  'chores-tracker-backend', 'a'.repeat(253), '🔥', '👨\u200D👩\u200D👧', 'שלום עולם', 'مرحبا', '日本語の名前', 'é'.repeat(40), '<!here>', '<!channel>', '<!everyone|x>',
  '<@U0123ABCD>', '<@U1|x>', '<!subteam^S1|@ops>', '<#C1|x>', '@channel', '@here', '@@everyone', '&lt;!here&gt;', '&amp;', '&', '<', '>', '|', '```', '`', '*bold*', '~', '_x_',
  '\n', '\r\n', '\t', '\u0000', '\u202E', '\u200B', '\u{E0041}', '\uD83D', '\uDC00', 'kubectl get pods -n x', 'Look first: kubectl logs y', 'https://x.example/?a=1&b=<2>',
  'password=abcdefgh', ' ', '<!date^1^{time}|x>', '<https://evil.example|click>', ':fire:', '[x](https://evil.example)',
] // prettier-ignore

/** A text of at most `max` characters; one in four is as long as it may be. */
function text(max: number, min = 0): Arbitrary<string> {
  const part = oneof(
    { weight: 3, arbitrary: constantFrom(...pieces) },
    { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 30 }) },
  )
  const short = array(part, { maxLength: 8 }).map((parts) => parts.join(''))
  const long = array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('').padEnd(1, 'x').repeat(max))
  return oneof({ weight: 3, arbitrary: short }, { weight: 1, arbitrary: long }).map((all) =>
    all.slice(0, max).padEnd(min, 'x'),
  )
}

const sev = constantFrom('SEV-1' as const, 'SEV-2' as const, 'SEV-3' as const, 'SEV-4' as const)
const instant = constantFrom('2026-11-20T14:03:00Z', '2026-11-20T15:00:00Z', '0001-01-01T00:00:00Z', 'nonsense')
const since = oneof(constant(null), instant)
const texts = (most: number, max: number): Arbitrary<string[]> => array(text(max), { maxLength: most })

const notification = record({
  fingerprint: text(64, 1),
  channel: constant('alerts'),
  sev,
  state: constantFrom(
    'new' as const,
    'ongoing' as const,
    'escalated' as const,
    'reopened' as const,
    'flapping' as const,
  ),
  form: constantFrom('full' as const, 'update' as const, 'escalation' as const),
  nextUpdate: since,
  cluster: text(200),
  service: text(200),
  title: text(500),
  impact: text(500),
  since,
  cause: text(500),
  evidence: texts(12, 1000),
  nextSteps: texts(6, 500),
  rollback: texts(8, 500),
  change: oneof(
    constant(null),
    record({
      repository: text(512),
      sha: text(64),
      url: oneof(constant('https://github.com/a/b/commit/1?x=1&y=2'), text(1024)),
      title: text(300),
      confidence: constantFrom('high' as const, 'medium' as const, 'low' as const),
    }),
  ),
  owners: texts(10, 200),
  explanation: text(1500),
  covers: nat(1000),
})

const link = constantFrom(
  null,
  'https://x.slack.com/archives/C0/p1',
  `https://${'x'.repeat(200)}.slack.com/archives/C0/p1`,
)
const digest = record({
  channel: constant('alerts'),
  cluster: text(200),
  why: constantFrom('storm' as const, 'business-hours' as const),
  omitted: nat(1000),
  members: array(
    record({
      fingerprint: text(64, 1),
      sev,
      title: text(500),
      service: text(200),
      since,
      state: constantFrom('open' as const, 'own' as const, 'resolved' as const),
      link,
    }),
    { minLength: 1, maxLength: 50 },
  ),
})

/** What is left in angle brackets, and of mentions, once all that our own code may write is taken out. */
const ours = /<(?:!here|!date\^\d+\^[^<>|]+\|[^<>|]+|https?:\/\/[^<>|]+\|[^<>|]*)>/g

function checkMessage(message: Message, mayCall: boolean): void {
  expect(validateBlocks(message.blocks)).toEqual([])
  expect(asSlackDoes(message.blocks)).toBeUndefined()
  expect(message.text.length).toBeGreaterThan(0)
  expect(message.text.length).toBeLessThan(12_000)
  for (const said of [message.text, ...message.blocks.flatMap(textsOf)]) {
    expect(said.isWellFormed()).toBe(true)
    const foreign = said.replaceAll(ours, '')
    expect(foreign).not.toMatch(/[<>]/)
    expect(foreign).not.toMatch(/(?<!\w)@(?:here|channel|everyone)\b/i)
    expect(foreign.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&')
    expect(foreign).not.toContain('abcdefgh')
    // One call a text, at its beginning: none comes from within.
    expect(said.lastIndexOf('<!here>')).toBeLessThanOrEqual(mayCall ? 0 : -1)
  }
}

test(
  'ten thousand random incidents: Slack refuses no message of theirs, and none calls anybody on its own',
  { timeout: 240_000 },
  () => {
    assert(
      property(notification, (one) => {
        expect(Notification.safeParse(one).success).toBe(true)
        const mayCall = one.sev === 'SEV-1'
        checkMessage(render(one, now), mayCall)
        checkMessage(renderResolved(one, one.title.slice(0, 40), now, one.cause), false)
      }),
      { numRuns: rounds, seed: 20261120 },
    )
  },
)

test('so with every other message of an incident, a digest and an approval', { timeout: 240_000 }, () => {
  assert(
    property(notification, notification, digest, (before, after, together) => {
      const mayCall = after.sev === 'SEV-1'
      const replies = [
        renderChanges(before, after),
        renderUpdate(before, after, now),
        renderEscalation(before, after, now, after.title),
        renderReopened(after, '2026-11-20T14:00:00Z', now),
        renderDetails(after),
      ]
      for (const reply of replies) if (reply !== undefined) checkMessage(reply, mayCall)
      checkMessage(renderResolution(after, 'x', now, before.cause), false)
      checkMessage(renderMoved(after, 'alerts'), false)
      const worst = together.members.some((member) => member.sev === 'SEV-1')
      checkMessage(renderDigest(together), worst)
      checkMessage(renderJoined(together.members), worst)
      const facts = {
        title: after.title,
        planHash: 'a'.repeat(64),
        summary: after.explanation,
        commands: after.nextSteps.map((command) => command.slice(0, 250)).slice(0, 4),
        requestedBy: after.service,
        expiresAt: now + 1000,
      }
      checkMessage(renderApproval(facts, 'x'.repeat(200), now), false)
    }),
    { numRuns: rounds / 10, seed: 20261120 },
  )
})

test('every card is small enough and holds its text as text', { timeout: 120_000 }, () => {
  assert(
    property(notification, digest, (one, together) => {
      for (const { summary, content } of [
        incidentCard(one, now),
        resolvedCard(one, 'x', now, one.cause),
        digestCard(together),
      ]) {
        const json = JSON.stringify(content)
        expect(bytes(json)).toBe(Buffer.byteLength(json))
        expect(bytes(json)).toBeLessThanOrEqual(cardBytes)
        expect(summary).not.toBe('')
        // Neither Markdown nor entities: text runs alone, so that no text becomes a link or a mention.
        expect(json).not.toMatch(/"type":"(?:TextBlock|FactSet)"|"entities"/)
        expect(json).not.toContain('abcdefgh')
      }
    }),
    { numRuns: rounds / 10, seed: 20261120 },
  )
})

test('a plan whose commands do not fit is not shown cut', () => {
  const long = { title: 'x', planHash: 'a'.repeat(64), summary: '', requestedBy: 'x', expiresAt: now + 1000 }
  const { blocks } = renderApproval({ ...long, commands: [`kubectl ${'x'.repeat(990)} last`] }, undefined, now)
  expect(blocks.flatMap(textsOf).join()).toContain(' last')
  const tooMuch = renderApproval(
    { ...long, commands: Array.from({ length: 20 }, () => '&'.repeat(500)) },
    undefined,
    now,
  )
  expect(validateBlocks(tooMuch.blocks)).not.toEqual([])
  checkMessage(renderVerdict({ ...long, title: 'y', commands: [] }, { state: 'expired', by: '', at: now }), false)
})

test('a digest is what its schema takes', () => {
  expect(Digest.safeParse({ channel: 'a', cluster: 'b', why: 'storm', incidents: [] }).success).toBe(false)
})
