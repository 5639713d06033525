import * as fc from 'fast-check'
import { estimateTokens } from '../../shared/core/src/tokens.ts'
import { contextText } from '../../servers/session-memory/src/recall/context-text.ts'
import type { ClusterTrends } from '../../servers/session-memory/src/recall/sections.ts'
import type { StoredIncident } from '../../servers/session-memory/src/store/incidents.ts'
import type { Overview } from '../../servers/session-memory/src/store/memory.ts'

export const now = Date.parse('2026-11-19T14:00:00Z')
const instant = fc.constantFrom('2026-11-18T04:00:00Z', '2026-11-19T13:00:00Z')
const sev = fc.constantFrom('SEV-1', 'SEV-2', 'SEV-3', 'SEV-4')
const words = fc.array(
  fc.constantFrom('mysql', 'OOMKilled', '## Open', '10.0.3.7', '中断しました', '{"a":[1]}', '\n', '🔥'),
  {
    maxLength: 40,
  },
)
const text = words.map((some) => some.join(' '))
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/)
const handling = fc.record({
  acknowledgement: fc.option(fc.record({ by: text, at: instant, sev })),
  silence: fc.option(fc.record({ by: text, at: instant, until: instant, sev })),
})

const incident: fc.Arbitrary<StoredIncident> = fc
  .record({
    sev,
    title: text,
    impact: text,
    cluster: name,
    service: fc.option(name),
    name,
    handling,
    coveredBy: fc.constantFrom(null, 'f00d'),
    told: fc.boolean(),
    episodes: fc.nat(200),
  })
  .map(({ name: own, told, ...rest }) => ({
    ...rest,
    id: 0,
    fingerprint: own.padEnd(16, '0'),
    rule: 'POD_OOM_KILLED',
    root: { kind: 'Deployment', namespace: 'default', name: own },
    priority: 'P0',
    owners: [],
    members: { count: 3, examples: [] },
    since: null,
    openedAt: '2026-11-19T13:00:00Z',
    lastSeen: '2026-11-19T13:00:00Z',
    resolvedAt: null,
    unread: [],
    seen: 4,
    known: null,
    change: null,
    raised: null,
    looks: '',
    flapping: false,
    whole: null,
    told: told
      ? {
          at: '2026-11-19T13:00:00Z',
          since: '2026-11-19T13:00:00Z',
          escalatedAt: null,
          channel: '#critical-alerts',
          ts: '1.2',
          sev: rest.sev,
        }
      : null,
  }))

const message = fc.record({
  id: fc.nat(9999),
  session: fc.constant('watch'),
  cluster: name,
  at: instant,
  role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
  importance: fc.constantFrom('critical', 'normal', 'low'),
  pinned: fc.boolean(),
  text,
})

/** What a memory may hold, with texts that break lines, look like headings or take many tokens. */
export const overview: fc.Arbitrary<Overview> = fc
  .record({
    open: fc.array(incident, { maxLength: 40 }),
    pinned: fc.array(message, { maxLength: 6 }),
    changes: fc.array(
      fc.record({ cluster: name, state: fc.constant('new' as const), sev, fingerprint: name, title: text }),
      { maxLength: 8 },
    ),
    cycles: fc.array(
      fc.record({
        id: fc.nat(9999),
        cluster: name,
        engine: text,
        startedAt: instant,
        status: fc.constant('critical' as const),
        open: fc.nat(50),
        resolved: fc.nat(50),
      }),
      { maxLength: 20 },
    ),
    messages: fc.array(message, { maxLength: 20 }),
    summary: text,
  })
  .map(({ open, messages, summary, ...rest }) => {
    const sorted = open
      .map((one, index) => ({ ...one, id: index + 1 }))
      .sort((a, b) => a.sev.localeCompare(b.sev) || b.id - a.id)
    const facts = { affected: [], evidence: [], causes: [summary], nextSteps: [summary], reasons: [summary] }
    return {
      ...rest,
      open: sorted,
      facts: new Map(sorted.map(({ id }) => [id, facts])),
      silences: [],
      folded: [],
      session: { id: 'watch', summary, dropped: 0, messages },
    }
  })

export const trends: ClusterTrends[] = [
  {
    cluster: 'home',
    verdicts: [
      { verdict: 'escalation', confidence: 'high', why: '5, then 13, then 56.', numbers: {} },
      { verdict: 'chronic', confidence: 'low', why: 'Open for a day.', numbers: {}, about: ['mysql'] },
    ],
  },
]

/**
 * Writes contexts of random memories with random budgets.
 * @returns fast-check's account of the first that is over its budget, leaves out an open SEV-1 or SEV-2 that it could name, or is
 * another a second later but for its last line; undefined when none is
 */
export function findBrokenContext(runs: number): string | undefined {
  const budgets = fc.oneof(fc.integer({ min: 500, max: 2500 }), fc.integer({ min: 500, max: 120_000 }))
  const property = fc.property(overview, budgets, fc.constantFrom(1, 1.35, 2), (memory, maxTokens, perEstimate) => {
    const request = { maxTokens, perEstimate, trends, now }
    const { text: written, tokens, leftOut } = contextText(memory, request)
    if (Math.max(tokens, estimateTokens(written) * perEstimate) > maxTokens) throw new Error('over its budget')

    const grave = memory.open.filter((one) => one.sev <= 'SEV-2')
    const missing = leftOut.find(({ section }) => section === 'Open SEV-1 and SEV-2')?.count ?? 0
    const named = grave.slice(0, grave.length - missing)
    if (named.some(({ fingerprint }) => !written.includes(`[${fingerprint}]`)))
      throw new Error('not the gravest are named')
    // Some may be missing only because the names of the others take what there is.
    if (missing > 0 && (named.length === 0 || tokens < maxTokens / 2)) throw new Error('there was room for more')

    const later = contextText(memory, { ...request, now: now + 1000 }).text
    if (bodyOf(later) !== bodyOf(written)) throw new Error('not the same a second later')
  })
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: runs })
  return failed ? `${String(errorInstance)}: ${JSON.stringify(counterexample)}` : undefined
}

function bodyOf(written: string): string {
  return written.slice(0, written.lastIndexOf('\n'))
}
