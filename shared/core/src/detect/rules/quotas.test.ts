import { describe, expect, it } from 'vitest'
import { quotas } from './quotas.ts'
import { brief, object, run } from './testing.ts'

const found = (hard: object, used: object) =>
  run(quotas, { resourcequotas: [object('compute', { status: { hard, used } })] })

describe('quotas', () => {
  it.each([
    ['QUOTA_EXCEEDED warning', { pods: '2' }, { pods: '3' }],
    ['QUOTA_EXHAUSTED info', { pods: '2' }, { pods: '2' }],
    ['QUOTA_ALMOST_FULL info', { 'limits.memory': '10Gi' }, { 'limits.memory': '9728Mi' }],
  ])('tells %s', (expected, hard, used) => {
    expect(brief(found(hard, used))).toEqual([`${expected} ResourceQuota/shop/compute`])
  })

  it('tells a quota once, by the worst of its resources', () => {
    const [one, ...more] = found({ pods: '2', services: '2' }, { pods: '2', services: '3' })
    expect(more).toEqual([])
    expect(one).toMatchObject({ rule: 'QUOTA_EXCEEDED', evidence: ['services 3 of 2'] })
  })

  it.each([
    ['room', { pods: '10' }, { pods: '9' }],
    ['what is forbidden altogether', { 'services.loadbalancers': '0' }, { 'services.loadbalancers': '0' }],
    ['what it cannot read', { pods: 'many' }, { pods: '1' }],
    ['what nobody uses', { pods: '10' }, {}],
  ])('leaves %s alone', (_name, hard, used) => {
    expect(found(hard, used)).toEqual([])
  })
})
