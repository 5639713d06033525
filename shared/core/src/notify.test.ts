import { expect, test } from 'vitest'
import { Notification } from './notification.ts'
import { render, renderResolved, validateBlocks, type Message } from './notify.ts'
import { limits, section, textsOf } from './notify/blocks.ts'

const now = Date.parse('2026-11-20T14:15:30Z')

const outage: Notification = {
  fingerprint: '3f2a91c0d4e5b677',
  channel: '#critical-alerts',
  sev: 'SEV-1',
  state: 'new',
  form: 'full',
  nextUpdate: null,
  cluster: 'homelab',
  service: 'chores-tracker-backend',
  title: 'chores-tracker-backend is down',
  impact: 'Nobody can open the chores app or tick off a chore.',
  since: '2026-11-20T14:03:00Z',
  cause: 'Container app is killed for lack of memory at every start (OOMKilled, limit 256Mi).',
  evidence: ['0 of 2 replicas ready', 'container app: OOMKilled, exit code 137, restarted 9 times'],
  nextSteps: [
    'Look at the last words: kubectl logs deploy/chores-tracker-backend -n chores --previous',
    'kubectl describe pod -n chores -l app=chores-tracker-backend',
    'If it cannot wait for Git, pause auto-sync of the Argo CD application first.',
  ],
  rollback: ['git revert 9c41f0aa7e && git push', 'Argo CD applies it within 3 minutes.'],
  change: {
    repository: 'arigsela/kubernetes',
    sha: '9c41f0aa7e5521',
    url: 'https://github.com/arigsela/kubernetes/commit/9c41f0aa7e5521',
    title: 'chores-tracker: lower memory limit 512Mi → 256Mi',
    confidence: 'high',
  },
  owners: ['Ari', 'platform team'],
  explanation: '',
  covers: 0,
}

/** A message as its reader meets it, block by block. */
function shown({ text, blocks }: Message): string {
  return [`[${text}]`, ...blocks.map((block) => `-- ${block.type}\n${textsOf(block).join('\n')}`)].join('\n')
}

test('a SEV-1 says what is broken, for whom, since when, why and what to do, in that order', () => {
  expect(shown(render(outage, now))).toMatchInlineSnapshot(`
    "[<!here> SEV-1 · chores-tracker-backend is down. Nobody can open the chores app or tick off a chore. Since 2026-11-20 14:03 UTC. Cause: Container app is killed for lack of memory at every start (OOMKilled, limit 256Mi). Do now: Look at the last words: kubectl logs deploy/chores-tracker-backend -n chores --previous]
    -- header
    🔴 SEV-1 · chores-tracker-backend is down
    -- section
    <!here> *Impact* Nobody can open the chores app or tick off a chore.
    *Since* <!date^1795183380^{date_short_pretty} at {time}|2026-11-20 14:03 UTC> (12m before this was written)
    *Cause* Container app is killed for lack of memory at every start (OOMKilled, limit 256Mi).
    *Suspected change* <https://github.com/arigsela/kubernetes/commit/9c41f0aa7e5521|arigsela/kubernetes@9c41f0a> “chores-tracker: lower memory limit 512Mi → 256Mi” · high confidence
    -- section
    *Do now*
    • Look at the last words:
    \`\`\`
    kubectl logs deploy/chores-tracker-backend -n chores --previous
    \`\`\`
    \`\`\`
    kubectl describe pod -n chores -l app=chores-tracker-backend
    \`\`\`
    • If it cannot wait for Git, pause auto-sync of the Argo CD application first.
    -- section
    *Roll back*
    \`\`\`
    git revert 9c41f0aa7e &amp;&amp; git push
    \`\`\`
    • Argo CD applies it within 3 minutes.
    -- section
    *Evidence*
    • 0 of 2 replicas ready
    • container app: OOMKilled, exit code 137, restarted 9 times
    -- section
    *Who decides* Ari, platform team
    -- context
    cluster \`homelab\` · incident \`3f2a91c0d4e5b677\` · new · SEV-1: told at once, day and night"
  `)
})

test('the resolved message replaces the alarm, calls nobody and keeps what happened', () => {
  expect(shown(renderResolved(outage, '2026-11-20T14:40:00Z', now, 'reverted'))).toMatchInlineSnapshot(`
    "[Resolved after 37m · SEV-1 · chores-tracker-backend is down]
    -- header
    ✅ Resolved · SEV-1 · chores-tracker-backend is down
    -- section
    *Resolved* <!date^1795185600^{date_short_pretty} at {time}|2026-11-20 14:40 UTC> after 37m
    *Note* reverted
    *Impact* Nobody can open the chores app or tick off a chore.
    *Since* <!date^1795183380^{date_short_pretty} at {time}|2026-11-20 14:03 UTC>
    *Cause* Container app is killed for lack of memory at every start (OOMKilled, limit 256Mi).
    *Suspected change* <https://github.com/arigsela/kubernetes/commit/9c41f0aa7e5521|arigsela/kubernetes@9c41f0a> “chores-tracker: lower memory limit 512Mi → 256Mi” · high confidence
    -- context
    cluster \`homelab\` · incident \`3f2a91c0d4e5b677\` · resolved"
  `)
})

test('a bare notification still says what is not known', () => {
  const bare = Notification.parse({
    ...outage,
    sev: 'SEV-2',
    service: '',
    impact: '',
    since: null,
    cause: '',
    evidence: [],
    nextSteps: [],
    rollback: [],
    change: null,
    owners: [],
  })
  expect(shown(render(bare, now))).toMatchInlineSnapshot(`
    "[SEV-2 · chores-tracker-backend is down.]
    -- header
    🟠 SEV-2 · chores-tracker-backend is down
    -- section
    *Impact* not known: the services file does not say what users notice
    *Since* not known
    *Cause* not known yet
    *Suspected change* none known
    -- context
    cluster \`homelab\` · incident \`3f2a91c0d4e5b677\` · new · SEV-2: told at once"
  `)
})

test('what a message covers is counted in it', () => {
  expect(shown(render(outage, now))).not.toContain('*Covers*')
  expect(shown(render({ ...outage, covers: 1 }, now))).toContain('*Covers* 1 more incident, not told on their own')
  expect(shown(render({ ...outage, covers: 12 }, now))).toContain('*Covers* 12 more incidents, not told on their own')
})

test('only a SEV-1 calls people, and text from outside never does', () => {
  const loud = 'hey <!channel> <!here> <@U0123> <!subteam^S1|@ops> @here @channel @everyone @@here <#C1|x>'
  const everywhere = (sev: Notification['sev']): Notification => ({
    ...outage,
    sev,
    cluster: loud,
    service: loud,
    title: loud,
    impact: loud,
    cause: loud,
    evidence: [loud],
    nextSteps: [loud, `kubectl get pods ${loud}`],
    rollback: [loud],
    change: { ...outage.change!, title: loud, repository: loud, url: 'https://x.example/<!here>' },
    owners: [loud],
  })
  expect(calls(render(everywhere('SEV-1'), now))).toEqual(['<!here>', '<!here>'])
  expect(calls(render(everywhere('SEV-2'), now))).toEqual([])
  expect(calls(renderResolved(everywhere('SEV-1'), '2026-11-20T14:40:00Z', now, loud))).toEqual([])
})

test('markup from outside is escaped, secrets are taken out, hidden characters too', () => {
  const message = render(
    {
      ...outage,
      title: 'a < b & c > d',
      cause: 'password=hunter2hunter2 in <https://evil.example|a link>',
      evidence: ['line one\nline ```two```', 'zero\u200Bwidth \u202Eevil'],
      change: { ...outage.change!, url: 'javascript:alert(1)', title: 'x|y' },
    },
    now,
  )
  const text = shown(message)
  expect(text).toContain('a &lt; b &amp; c &gt; d')
  expect(text).toContain('&lt;redacted:password&gt;')
  expect(text).not.toContain('hunter2')
  expect(text).toContain('&lt;https://evil.example|a link&gt;')
  expect(text).toContain("• line one line '''two'''")
  expect(text).toContain('• zerowidth evil')
  expect(text).not.toContain('javascript:')
})

test('an address in an owner stays an address', () => {
  expect(shown(render({ ...outage, owners: ['team@channel.io'] }, now))).toContain('team@channel.io')
})

test('long lists are cut with a count', () => {
  const text = shown(
    render(
      {
        ...outage,
        evidence: many('fact', 12),
        nextSteps: many('kubectl get pods'.padEnd(480, 'x'), 6),
        owners: many('owner', 10),
      },
      now,
    ),
  )
  expect(text).toContain('_… and 8 more_')
  expect(text).toMatch(/_… and 2 more_/)
  expect(text).toContain('owner 4 and 5 more')
})

test('the validator names what Slack would refuse', () => {
  const { blocks } = render(outage, now)
  expect(validateBlocks(blocks)).toEqual([])
  expect(validateBlocks([section('x'.repeat(3001))])).toEqual(['block 0 (section) has 3001 characters, over 3000'])
  expect(validateBlocks([section('')])).toEqual(['block 0 (section) is empty'])
  expect(validateBlocks(Array.from({ length: 51 }, () => section('x')))).toEqual(['blocks: 51, over 50'])
  expect(validateBlocks([1, 2, 3, 4].map(() => section('x'.repeat(3000))))).toEqual([
    'all texts together have 12000 characters, not under 12000',
  ])
})

test('random notifications always make a message that Slack takes', () => {
  const random = generator(20261120)
  for (let round = 0; round < 400; round++) {
    const notification = Notification.parse(randomNotification(random))
    for (const message of [
      render(notification, now),
      renderResolved(notification, noise(random, 40), now, noise(random, 500)),
    ]) {
      expect(validateBlocks(message.blocks)).toEqual([])
      expect(message.text.length).toBeLessThan(2000)
      expect(message.blocks.length).toBeLessThanOrEqual(limits.blocks)
      for (const text of [message.text, ...message.blocks.flatMap(textsOf)]) {
        expect(text.isWellFormed()).toBe(true)
        // What is left in angle brackets is ours: dates, our links, our call.
        expect(text.replaceAll(/<(?:!here|!date\^\d+\^[^<>|]+\|[^<>|]+|https:\/\/[^<>|]+\|[^<>|]*)>/g, '')).not.toMatch(
          /[<>]/,
        )
        expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&')
      }
    }
  }
})

/** Every mention in a message, our own included. */
function calls(message: Message): string[] {
  const found = JSON.stringify(message).match(/<[!@#][^>]*>|@+(?:here|channel|everyone)/g) ?? []
  return found.filter((call) => !call.startsWith('<!date^'))
}

function many(text: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${text} ${index}`)
}

const pieces = [
  'chores-tracker-backend', 'a'.repeat(253), '🔥', '👨\u200D👩\u200D👧', 'שלום עולם', 'مرحبا', '<!here>', '<@U1|x>', '@channel', '&amp;', '&', '<', '>', '|', '```', '`', '*bold*',
  '\n', '\t', '\u0000', '\u202E', '\uD83D', '\uDC00', 'kubectl get pods -n x', 'Look: kubectl logs y', 'https://x.example/?a=1&b=<2>', 'password=abcdefgh', ' ', 'restarted 12 times', '日本語の名前',
] // prettier-ignore

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function noise(random: () => number, max: number): string {
  let text = ''
  const wanted = random() < 0.2 ? max : random() * random() * max
  while (text.length < wanted) text += pieces[Math.floor(random() * pieces.length)]!
  return text.slice(0, max)
}

function randomNotification(random: () => number): unknown {
  const some = (most: number, max: number): string[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => noise(random, max))
  const oneOf = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!
  return {
    fingerprint: noise(random, 64) || 'x',
    channel: 'c',
    sev: oneOf('SEV-1', 'SEV-2', 'SEV-3', 'SEV-4'),
    state: oneOf('new', 'ongoing', 'escalated', 'reopened'),
    cluster: noise(random, 200),
    service: noise(random, 200),
    title: noise(random, 500),
    impact: noise(random, 500),
    since: oneOf(null, '2026-11-20T14:03:00Z', '0001-01-01T00:00:00Z', noise(random, 40)),
    cause: noise(random, 500),
    evidence: some(12, 1000),
    nextSteps: some(6, 500),
    rollback: some(8, 500),
    change: oneOf(null, {
      repository: noise(random, 512),
      sha: noise(random, 64),
      url: oneOf('https://github.com/a/b/commit/1?x=1&y=2', noise(random, 1024)),
      title: noise(random, 300),
      confidence: oneOf('high', 'medium', 'low'),
    }),
    owners: some(10, 200),
  }
}
