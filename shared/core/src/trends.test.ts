import { describe, expect, test } from 'vitest'
import { now } from './assess/testing.ts'
import type { Sev } from './policy.ts'
import { hour } from './time.ts'
import { trendsOf, type Track } from './trends.ts'
import { drawn, hourly } from './trends/testing.ts'

/** The verdicts at the last of some hourly looks. */
function verdicts(counts: (number | null)[], rest: Parameters<typeof drawn>[2] = {}): string[] {
  const looks = hourly(counts.length, now - (counts.length - 1) * hour)
  return trendsOf([drawn(counts, looks, rest)], looks, now).verdicts.map((one) => one.verdict)
}
function firstVerdict(counts: number[]) {
  const looks = hourly(counts.length, now)
  return trendsOf([drawn(counts, looks)], looks, now + 3 * hour).verdicts[0]
}
const from = (look: number, sev: Sev, before: Sev) => (index: number) => (index >= look ? sev : before)

describe('one incident, look by look', () => {
  test.for<[string, (number | null)[], string[], Parameters<typeof drawn>[2]?]>([
    ['the case of the project: 5, 13', [5, 13], ['escalation']],
    ['the case of the project: 5, 13, 56', [5, 13, 56], ['escalation']],
    ['three more, but not half as many again', [10, 10, 10, 14], ['steady']],
    ['half as many again, but not three more', [2, 2, 2, 4], ['steady']],
    ['both at their least', [6, 6, 6, 9], ['escalation']],
    ['one odd look before does not hide it', [5, 30, 5, 13], ['escalation']],
    ['new is no escalation', [0, 0, 0, 9], ['steady']],
    ['a graver SEV', [2, 2, 2, 2], ['escalation'], { sev: from(3, 'SEV-2', 'SEV-3') }],
    ['a SEV that was there before', [2, 2, 2, 2], ['steady'], { sev: from(2, 'SEV-2', 'SEV-3') }],
    ['slow growth', [1, 2, 3, 3, 4, 5, 6, 6], ['degradation']],
    ['growth over five looks is too short', [4, 5, 6, 7, 8], ['steady']],
    ['a step up long ago', [0, 0, 0, 5, 5, 5, 5, 5, 5, 5], ['steady']],
    ['noise', [5, 4, 6, 5, 4, 6, 5, 6, 4, 5], ['steady']],
    ['half as many for two looks', [8, 8, 8, 4, 4], ['recovery']],
    ['half as many for one look', [8, 8, 8, 8, 4], ['steady']],
    ['over for two looks', [0, 3, 3, 3, 0, 0], ['recovery']],
    ['a milder SEV for two looks', [3, 3, 3, 3, 3], ['recovery'], { sev: from(3, 'SEV-3', 'SEV-2') }],
    ['looks that could not see it show no recovery', [8, 8, 8, null, null], ['steady']],
    ['one look of an outage is not recovered from', [0, 0, 8, 0, 0], ['steady']],
    ['three episodes', [1, 0, 0, 1, 0, 0, 0, 1, 0, 0], ['recurring']],
    ['three blips of SEV-4', [1, 0, 0, 1, 0, 0, 0, 1, 0, 0], ['steady'], { sev: 'SEV-4' }],
    ['a gap of one look is no end', [1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1], ['steady']],
    ['24 hours are not yet chronic', Array<number>(25).fill(2), ['steady']],
    ['more than 24 hours', Array<number>(26).fill(2), ['chronic']],
    ['up and down: that, and nothing else', [0, 1, 0, 1, 0, 1, 0, 1, 0, 1], ['flapping']],
    ['worse than all its flapping', [0, 2, 0, 1, 0, 2, 0, 1, 0, 9], ['escalation', 'flapping']],
    ['two outages', [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0], ['steady']],
    ['nothing', [], ['steady']],
  ])('%s', ([, counts, expected, rest]) => {
    expect(verdicts(counts, rest)).toEqual(expected)
  })
})

test('the numbers behind a verdict and how sure it is: a rise that goes on is sure', () => {
  expect(firstVerdict([5, 13])).toEqual({
    verdict: 'escalation',
    confidence: 'low',
    why: '5 → 13 affected.',
    numbers: { count: 13, before: 5, ratio: 2.6, looksBefore: 1 },
  })
  expect(firstVerdict([5, 13, 56])).toMatchObject({
    confidence: 'high',
    why: '5 → 13 → 56 affected.',
    numbers: { before: 9 },
  })
})

describe('many incidents', () => {
  const looks = hourly(168, now - 167 * hour)
  const at = (hours: number[], count = 1) => looks.map((_, hour) => (hours.includes(hour) ? count : 0))
  const nights = [2, 26, 50, 74, 98, 122, 146]

  test('a week of hourly looks with rollouts, a node reboot and nightly jobs is quiet at every look', () => {
    const tracks = [
      ...[10, 33, 34, 57, 82, 106, 130, 154].map((hour, index) =>
        drawn(at([hour], 2), looks, { fingerprint: `rollout-${index}`, party: `web-${index % 3}` }),
      ),
      drawn(at([64], 6), looks, { fingerprint: 'node', party: 'Node node-2', sev: 'SEV-2' }),
      drawn(at([64], 3), looks, { fingerprint: 'mysql', party: 'mysql', sev: 'SEV-1', isP0: true }),
      drawn(at(nights), looks, { fingerprint: 'backup', party: 'Job backup', sev: 'SEV-4' }),
    ]
    for (const [index, { at: then }] of looks.entries()) {
      const seen = tracks.map((track) => ({
        ...track,
        sightings: track.sightings.filter(({ cycle }) => cycle <= index + 1),
      }))
      const { verdicts } = trendsOf(seen, looks.slice(0, index + 1), then)
      expect([index, verdicts.map((one) => one.verdict)]).toEqual([index, ['steady']])
    }
  })

  test('a service that flaps in several ways is one verdict', () => {
    const on = Array.from({ length: 84 }, (_, index) => 2 * index + 1)
    const tracks = ['crash', 'not-ready', 'no-endpoints'].map((fingerprint) => drawn(at(on), looks, { fingerprint }))
    const { verdicts } = trendsOf(tracks, looks, now)
    expect(verdicts).toMatchObject([{ verdict: 'flapping', about: ['n8n'], numbers: { flapping: 1 } }])
  })

  test('a short history is not said to be longer than it is', () => {
    const few = hourly(9, now - 8 * hour)
    const { verdicts } = trendsOf([drawn([0, 1, 0, 1, 0, 1, 0, 1, 0], few)], few, now)
    expect(verdicts).toMatchObject([{ why: expect.stringContaining('began 4 times in 9 looks.') as string }])
  })

  test('flapping stops only when hardly anything changes any more', () => {
    const flaps = [1, 0, 1, 0, 1, 0, 1]
    const after = (quiet: number) => verdicts([...flaps, ...Array<number>(quiet).fill(0)], { sev: 'SEV-4' })
    expect(after(10)).toEqual(['flapping'])
    expect(after(21)).toEqual(['steady'])
  })

  test('a P0 service hit where only others were is an escalation', () => {
    const counts = [2, 2, 2, 2]
    const four = hourly(4, now - 3 * hour)
    const others: Track = drawn(counts, four, { sev: 'SEV-2' })
    const p0 = drawn([0, 0, 0, 1], four, { fingerprint: 'bbbb', party: 'mysql', isP0: true })
    expect(trendsOf([others, p0], four, now).verdicts).toMatchObject([
      { verdict: 'escalation', why: 'a P0 service is hit now.' },
    ])
  })

  test('what was open before the window stands from its first look on', () => {
    const track: Track = { ...drawn([], looks), sightings: [{ cycle: 3, kind: 'goes on', sev: 'SEV-3', count: 4 }] }
    expect(
      trendsOf([track], looks, now)
        .points.slice(0, 3)
        .map((point) => point.count),
    ).toEqual([4, 4, 4])
  })
})
