import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { ago, brief, run, workload } from './testing.ts'
import { unobserved } from './unobserved.ts'

function changed(
  before: number,
  observedGeneration: number | undefined,
  more: { time: string; subresource?: string }[] = [],
) {
  const base = workload({ metadata: { generation: 4, managedFields: [{ time: ago(before) }, ...more] } })
  const status = { ...base.status, observedGeneration }
  return run(unobserved, { deployments: [{ ...base, status }] })
}

describe('a change no controller has seen', () => {
  it('is told after a quarter of an hour, with when it was made', () => {
    const found = changed(20 * minute, 3)
    expect(brief(found)).toEqual(['WORKLOAD_NOT_OBSERVED warning Deployment/shop/web'])
    expect(found[0]).toMatchObject({ since: ago(20 * minute), evidence: ['Generation 4, observed 3'] })
    expect(changed(20 * minute, undefined)[0]?.evidence).toEqual(['Generation 4, observed none'])
  })

  it('is nothing while it is fresh, seen, or of an unknown time', () => {
    expect(changed(5 * minute, 3)).toEqual([])
    expect(changed(60 * minute, 3, [{ time: ago(minute) }])).toEqual([])
    expect(changed(20 * minute, 4)).toEqual([])
    expect(run(unobserved, { deployments: [workload({ metadata: { generation: 9 } })] })).toEqual([])
  })

  it('is not dated by what writes the status', () => {
    expect(changed(20 * minute, 3, [{ time: ago(minute), subresource: 'status' }])).toHaveLength(1)
  })
})
