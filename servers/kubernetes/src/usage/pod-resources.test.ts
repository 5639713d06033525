import { describe, expect, it } from 'vitest'
import { amountsOf, podAmounts } from './pod-resources.ts'

const container = (cpu: string, memory: string) => ({ name: 'c', resources: { requests: { cpu, memory } } })

describe('podAmounts', () => {
  it('sums containers and overhead', () => {
    expect(
      podAmounts(
        { containers: [container('100m', '64Mi'), container('400m', '64Mi')], overhead: { cpu: '500m' } },
        'requests',
      ),
    ).toEqual({ cpu: 1, memory: 128 * 2 ** 20 })
  })

  it('takes a larger init container instead, with the sidecars started before it', () => {
    const spec = {
      containers: [container('100m', '64Mi')],
      initContainers: [{ ...container('200m', '10Mi'), restartPolicy: 'Always' }, container('1', '32Mi')],
    }
    const { cpu, memory } = podAmounts(spec, 'requests')
    expect(cpu).toBeCloseTo(1.2)
    expect(memory).toBe(74 * 2 ** 20)
  })

  it('leaves out what is not set or no quantity', () => {
    expect(podAmounts({ containers: [{ name: 'c' }] }, 'limits')).toEqual({})
    expect(amountsOf({ cpu: '4', weird: 'lots' })).toEqual({ cpu: 4 })
  })
})
