import { describe, expect, it } from 'vitest'
import { confidenceOf } from './right-size/confidence.ts'
import { cpuRequest, memoryRequest, severityOf } from './right-size/formulas.ts'
import { monthlyPrice } from './right-size/prices.ts'
import { byImportance, rightSize, type Advice, type Sizing } from './right-size.ts'

const Mi = 2 ** 20
const week = { hours: 168, points: 2016 }

/** A container with a week of history; amounts in cores and MiB. */
function sizing(cpu: number[], memory: number[], change: Partial<Sizing> = {}): Sizing {
  return {
    cpu: { request: 0.5 },
    memory: { request: 256 * Mi, limit: 512 * Mi },
    use: { cpu, memory: memory.map((amount) => amount * Mi), ...week },
    replicas: 1,
    paid: change.replicas ?? 1,
    ...change,
  }
}

describe('the formulas of krr', () => {
  it.each([
    [[0.1234], 0.124],
    [[0.05, 0.2, 0.11], 0.2],
    [[0.1 + 0.2], 0.3],
    [[0.0001], 0.01],
    [[1.5], 1.5],
  ])('CPU of pods at %j cores: %d', (percentiles, request) => {
    expect(cpuRequest(percentiles)).toBe(request)
  })

  it.each([
    // 200 × 1.15 = 230; 300 × 1.15 = 345.
    [[200], undefined, 230],
    [[200, 300], undefined, 345],
    // 128 × 1.25 = 160 is more than 100 × 1.15 = 115; 200 × 1.15 = 230 is more than it.
    [[100], 128, 160],
    [[200], 128, 230],
    // 100 MB are 95.4 MiB.
    [[10], undefined, 96],
    // 101 × 1.15 = 116.15.
    [[101], undefined, 117],
  ])('memory of pods at %j MiB, killed at %s: %d MiB', (peaks, killedAt, request) => {
    const bytes = peaks.map((peak) => peak * Mi)
    expect(memoryRequest(bytes, killedAt === undefined ? undefined : killedAt * Mi)).toBe(request * Mi)
  })

  it.each([
    ['cpu', 0.099, 'good'],
    ['cpu', 0.3 - 0.2, 'ok'],
    ['cpu', -0.25, 'warning'],
    ['cpu', 0.5, 'critical'],
    ['memory', 99 * Mi, 'good'],
    ['memory', -100 * Mi, 'ok'],
    ['memory', 250 * Mi, 'warning'],
    ['memory', 500 * Mi, 'critical'],
  ] as const)('a difference of %s by %d is %s', (resource, difference, severity) => {
    expect(severityOf(resource, difference)).toBe(severity)
  })

  it.each([
    // 0.031611 × 730 = 23.07603; 0.004237 × 730 = 3.09301.
    [1, 0, 23.08],
    [0, 1024, 3.09],
    [2.4, 3072, 64.66],
    [-0.5, 0, -11.54],
  ])('%d cores and %d MiB for a month: %d', (cores, mebibytes, dollars) => {
    expect(monthlyPrice(cores, mebibytes * Mi)).toBe(dollars)
  })

  it.each([
    [23.9, 5000, 'none'],
    [100, 99, 'none'],
    [24, 100, 'low'],
    [72, 100, 'medium'],
    [168, 2016, 'high'],
  ])('%d hours and %d points give %s confidence', (hours, points, confidence) => {
    expect(confidenceOf({ hours, points })).toBe(confidence)
  })
})

describe('rightSize', () => {
  it('lowers what is too much, priced over all pods', () => {
    const advice = rightSize(
      sizing([0.1, 0.2], [100], { cpu: { request: 1, limit: 2 }, memory: { request: 1024 * Mi }, replicas: 3 }),
    )
    expect(advice).toMatchObject({
      cpu: { recommendedRequest: 0.2, recommendedLimit: null, verdict: 'over-provisioned', severity: 'critical' },
      memory: { recommendedRequest: 115 * Mi, recommendedLimit: 115 * Mi, verdict: 'over-provisioned' },
      severity: 'critical',
      // 0.8 × 23.07603 × 3 = 55.3825 and 909/1024 × 3.09301 × 3 = 8.2370.
      savesPerMonth: 63.62,
      confidence: 'high',
    })
  })

  it('raises what is too little, which costs', () => {
    const advice = rightSize(sizing([0.8], [200]))
    expect(advice.cpu).toMatchObject({ recommendedRequest: 0.8, verdict: 'under-provisioned', severity: 'warning' })
    // 256 − 230 = 26 MiB is no difference that matters; 0.3 × 23.07603 = 6.92.
    expect(advice.memory).toMatchObject({ recommendedRequest: 230 * Mi, verdict: 'fine', severity: 'good' })
    expect(advice.savesPerMonth).toBe(-6.92)
  })

  it('sees a little too much in each of many pods', () => {
    expect(rightSize(sizing([0.41], [200])).cpu.verdict).toBe('fine')
    expect(rightSize(sizing([0.41], [200], { replicas: 2 })).cpu).toMatchObject({
      verdict: 'over-provisioned',
      severity: 'good',
    })
  })

  it.each([
    ['an OOM kill at the limit', 512, 512, 'under-provisioned', 640],
    ['an OOM kill at a limit raised since', 1024, 512, 'over-provisioned', 640],
    ['an OOM kill without a limit', undefined, 0, 'under-provisioned', 230],
    ['a peak at nine tenths of the limit', 222, undefined, 'under-provisioned', 230],
    ['a peak well below the limit', 223, undefined, 'over-provisioned', 230],
  ] as const)('after %s', (_, limit, killedAt, verdict, mebibytes) => {
    const use = {
      cpu: [0.5],
      memory: [200 * Mi],
      oomKilledAt: killedAt === undefined ? undefined : killedAt * Mi,
      ...week,
    }
    const memory = { request: 768 * Mi, limit: limit === undefined ? undefined : limit * Mi }
    const advice = rightSize(sizing([], [], { use, memory }))
    expect(advice.memory).toMatchObject({ verdict, recommendedRequest: mebibytes * Mi })
  })

  it('warns of an OOM kill whatever the difference', () => {
    const use = { cpu: [0.5], memory: [200 * Mi], oomKilledAt: 512 * Mi, ...week }
    const advice = rightSize(sizing([], [], { use, memory: { request: 640 * Mi, limit: 512 * Mi } }))
    expect(advice.memory).toMatchObject({ recommendedRequest: 640 * Mi, severity: 'warning' })
  })

  it('warns of a missing request and prices nothing', () => {
    const advice = rightSize(sizing([0.2], [200], { cpu: {}, memory: {} }))
    expect(advice).toMatchObject({ cpu: { verdict: 'no-request' }, severity: 'warning', savesPerMonth: 0 })
  })

  it('saves nothing on pods that hold nothing all month', () => {
    expect(rightSize(sizing([0.01], [10], { paid: 0 })).savesPerMonth).toBe(0)
  })

  it('names no number from one moment, only what it sees', () => {
    const now = { hours: 0, points: 1 }
    const over = rightSize(sizing([], [], { use: { cpu: [0.6], memory: [480 * Mi], ...now } }))
    expect(over).toMatchObject({
      cpu: { verdict: 'above-request', recommendedRequest: null, severity: 'ok' },
      // 480 of 512 MiB is above nine tenths.
      memory: { verdict: 'under-provisioned', recommendedRequest: null, severity: 'warning' },
      confidence: 'none',
      savesPerMonth: 0,
    })
    const calm = rightSize(sizing([], [], { use: { cpu: [0.01], memory: [10 * Mi], ...now } }))
    expect([calm.cpu.verdict, calm.memory.verdict]).toEqual(['too-little-history', 'too-little-history'])
    const unmeasured = rightSize(sizing([], [], { use: { cpu: [], memory: [], ...now, oomKilledAt: 512 * Mi } }))
    expect([unmeasured.cpu.verdict, unmeasured.memory.verdict]).toEqual(['too-little-history', 'under-provisioned'])
  })
})

describe('byImportance', () => {
  it('puts memory that kills first, then money either way, then moments, then what is fine', () => {
    const named: Record<string, Advice> = {
      fine: rightSize(sizing([0.5], [223])),
      saves: rightSize(sizing([0.1], [223])),
      moment: rightSize(sizing([], [], { use: { cpu: [0.6], memory: [1], hours: 0, points: 1 } })),
      unknown: rightSize(sizing([], [], { use: { cpu: [], memory: [], hours: 0, points: 0 } })),
      costs: rightSize(sizing([0.7], [223])),
      savesMore: rightSize(sizing([0.1], [223], { replicas: 9 })),
      short: rightSize(sizing([0.5], [400])),
      shortest: rightSize(sizing([0.5], [900])),
    }
    const order = Object.keys(named).toSorted((a, b) => byImportance(named[a]!, named[b]!))
    expect(order).toEqual(['shortest', 'short', 'savesMore', 'saves', 'costs', 'moment', 'fine', 'unknown'])
  })
})
