import { describe, expect, it } from 'vitest'
import { hour } from '../../time.ts'
import { argoRollouts } from './argo-rollouts.ts'
import { brief, condition, custom, run } from './testing.ts'

const rollout = (status: object) => custom('argoproj.io/v1alpha1', 'Rollout', 'web', { status })
const found = (status: object) => run(argoRollouts, { customresources: [rollout(status)] })

describe('argo rollouts', () => {
  it('tells a Rollout that gave up, with the pods it was to bring', () => {
    const [one] = found({
      phase: 'Degraded',
      message: 'RolloutAborted: metric "errors" assessed Failed',
      abort: true,
      availableReplicas: 2,
      currentPodHash: '6f9c',
      stableRS: '5d8c',
      conditions: [condition('Progressing', 'False', hour)],
    })
    expect(brief([one!])).toEqual(['ARGO_ROLLOUT_DEGRADED warning Rollout/shop/web'])
    expect(one!.evidence[0]).toContain('assessed Failed')
    expect(one!.links.causedBy).toEqual([{ kind: 'ReplicaSet', namespace: 'shop', name: 'web-6f9c' }])
    expect(brief(found({ phase: 'Degraded' }))).toEqual(['ARGO_ROLLOUT_DEGRADED critical Rollout/shop/web'])
  })

  it('leaves a canary alone that pauses or goes on', () => {
    for (const phase of ['Healthy', 'Paused', 'Progressing', undefined]) {
      expect(found({ phase, conditions: [condition('Healthy', 'False', hour)] })).toEqual([])
    }
  })
})
