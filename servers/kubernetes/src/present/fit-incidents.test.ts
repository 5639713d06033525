import type { Incident } from '@kubevigil/core/incident'
import { describe, expect, it } from 'vitest'
import { fitIncidents } from './fit-incidents.ts'

function incident(name: string): Incident {
  return {
    fingerprint: 'a'.repeat(16),
    rule: 'POD_CRASH_LOOP',
    severity: 'critical',
    title: `Deployment shop/${name}: container app crashes with exit code 1`,
    root: { kind: 'Deployment', namespace: 'shop', name },
    since: '2026-11-21T01:05:00Z',
    members: { count: 3, examples: ['Deployment/shop/a', 'Service/shop/a', 'Ingress/shop/a'] },
    affected: [{ kind: 'Deployment', namespace: 'shop', name, ready: 0, desired: 2 }],
    evidence: Array.from({ length: 6 }, (_, index) => `evidence ${index} ${'x'.repeat(200)}`),
    causes: ['one', 'two', 'three'],
    nextSteps: ['kubectl a', 'kubectl b', 'kubectl c'],
  }
}

const many = Array.from({ length: 60 }, (_, index) => incident(`w${index}`))

describe('fitIncidents', () => {
  it('shows everything when there is room', () => {
    expect(fitIncidents(many.slice(0, 3), 20_000)).toEqual(many.slice(0, 3))
  })

  it('keeps to the budget, in order, and gives the worst the most', () => {
    const fitted = fitIncidents(many, 13_000)
    expect(JSON.stringify(fitted).length).toBeLessThanOrEqual(13_000)
    expect(fitted.map(({ root }) => root.name)).toEqual(many.slice(0, fitted.length).map(({ root }) => root.name))
    expect(fitted.length).toBeGreaterThan(15)
    const details = fitted.map(({ evidence }) => evidence.length)
    expect(details).toEqual(details.toSorted((a, b) => b - a))
  })

  it('is empty when not even one fits', () => {
    expect(fitIncidents(many, 100)).toEqual([])
  })
})
