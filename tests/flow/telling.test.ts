import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { updateIncident } from '../../servers/session-memory/src/tools/update-incident.ts'
import { call, runCycle, testContext, whole } from '../../servers/session-memory/src/tools/testing.ts'
import { incident } from '../../shared/core/src/assess/testing.ts'
import type { Assessment } from '../../shared/core/src/assessment.ts'
import { hour, minute, toInstant } from '../../shared/core/src/time.ts'

const names = ['n8n', 'cert-manager', 'mysql'] as const
const gap = [...whole, { source: 'pods', status: 'timeout' as const, detail: '' }]
const brief = 3 * hour

/** One look: how many of two replicas each service has (null: it is not seen), what a caller tries, and how long until the next. */
const look = fc.record({
  ready: fc.tuple(...names.map(() => fc.constantFrom(null, null, 0, 1))),
  isPartial: fc.boolean(),
  raise: fc.option(fc.record({ name: fc.constantFrom(...names), sev: fc.constantFrom('SEV-1', 'SEV-2', 'SEV-4') })),
  silence: fc.option(fc.constantFrom(...names)),
  wait: fc.constantFrom(minute, 5 * minute, 15 * minute, hour, 5 * hour, 26 * hour),
})

type Look = typeof look extends fc.Arbitrary<infer Value> ? Value : never

interface Seen extends Pick<Assessment, 'fingerprint' | 'sev' | 'state' | 'told' | 'decision'> {
  at: number
  /** What it has of its replicas. */
  ready: number
}

/** Runs looks through assess_incidents and record_cycle, and gives every assessment. */
async function live(looks: readonly Look[]): Promise<Seen[]> {
  const context = await testContext()
  const seen: Seen[] = []
  for (const { ready, isPartial, raise, silence, wait } of looks) {
    const at = context.now()
    const incidents = names.flatMap((name, index) => {
      const left = ready[index] ?? null
      return left === null ? [] : [incident(name, left, 2, { since: toInstant(at - minute) })]
    })
    const target = incidents.find(({ root }) => root.name === raise?.name)
    const { assessed } = await runCycle(context, incidents, {
      coverage: isPartial ? gap : whole,
      raise:
        raise === null || target === undefined
          ? []
          : [{ fingerprint: target.fingerprint, sev: raise.sev, reason: 'a caller read the logs' }],
    })
    for (const one of assessed.assessments) {
      const { affected } = incidents.find(({ fingerprint }) => fingerprint === one.fingerprint)!
      seen.push({ ...one, at, ready: affected[0]!.ready! })
    }
    const quiet = incidents.find(({ root }) => root.name === silence)
    // Whoever is no person may silence what is milder than SEV-1, and is refused for SEV-1.
    if (quiet !== undefined) {
      const { fingerprint } = quiet
      const asked = { fingerprint, action: 'silence' as const, by: 'claude', until: toInstant(at + 20 * hour) }
      await call(updateIncident, asked, context).catch(() => undefined)
    }
    context.clock.now += wait
  }
  return seen
}

test('no incident is told whole twice at one SEV within three hours, whatever its history', async () => {
  const property = fc.asyncProperty(fc.array(look, { minLength: 5, maxLength: 25 }), async (looks) => {
    const seen = await live(looks)
    for (const own of Map.groupBy(seen, ({ fingerprint }) => fingerprint).values()) {
      const wholes = own.filter(({ decision }) => decision.form === 'full' || decision.form === 'digest')
      for (const [index, one] of wholes.entries()) {
        const before = wholes[index - 1]
        if (before === undefined || one.sev < before.sev) continue
        expect(one.at - before.at, one.decision.reasons[0]).toBeGreaterThanOrEqual(brief)
      }
      // Once for each time it begins or changes its SEV.
      const escalations = own.filter(({ decision }) => decision.form === 'escalation')
      const turns = own.filter(({ state }) => state !== 'ongoing')
      expect(escalations.length).toBeLessThanOrEqual(turns.length)
    }
  })
  await fc.assert(property, { numRuns: 60, seed: 4 })
}, 120_000)

test('a SEV-1 by policy is SEV-1 and told, whatever a caller raises, lowers or silences', async () => {
  const property = fc.asyncProperty(fc.array(look, { minLength: 5, maxLength: 25 }), async (looks) => {
    const seen = await live(looks)
    const vital = new Set(['n8n', 'mysql'].map((name) => incident(name, 0, 2).fingerprint))
    for (const { fingerprint, ready, sev, told, decision, at } of seen) {
      if (ready > 0 || !vital.has(fingerprint)) continue
      expect(sev).toBe('SEV-1')
      const isToldLater = seen.some(
        (one) =>
          one.fingerprint === fingerprint &&
          one.decision.form === 'full' &&
          one.at < at &&
          at - one.at < brief &&
          Date.parse(decision.next ?? '') - at <= 5 * minute,
      )
      const isTold = decision.notify || told !== null || decision.reasons[0]!.includes('it flaps') || isToldLater
      expect(isTold, decision.reasons[0]).toBe(true)
    }
  })
  await fc.assert(property, { numRuns: 60, seed: 4 })
}, 120_000)
