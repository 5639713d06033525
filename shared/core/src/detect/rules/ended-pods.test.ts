import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../time.ts'
import { endedPods } from './ended-pods.ts'
import { ago, brief, ended, pod, run, workload } from './testing.ts'

const message =
  'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 8Gi. Container app was using 21Gi.'
const evicted = (since: number, owned = true) =>
  pod({
    phase: 'Failed',
    age: since + hour,
    ...(owned ? {} : { ownerReferences: [] }),
    status: { ready: false, state: ended(137, 'Error', since) },
    podStatus: {
      reason: 'Evicted',
      message,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(since) }],
    },
  })

describe('endedPods', () => {
  it('names the resource an eviction was for', () => {
    const found = run(endedPods, { pods: [evicted(10 * minute, false)] })
    expect(brief(found)).toEqual(['POD_EVICTED warning Pod/shop/web-5d8c7b9f6d-abcde'])
    expect(found[0]!.title).toContain('ephemeral-storage ran low')
  })

  it('is a note once the controller has replaced the pod', () => {
    expect(run(endedPods, { pods: [evicted(10 * minute)], deployments: [workload()] })[0]!.severity).toBe('info')
  })

  it('tells other ways to fail', () => {
    const failed = pod({
      phase: 'Failed',
      ownerReferences: [],
      status: { ready: false, state: ended(1, 'Error') },
      podStatus: { reason: 'UnexpectedAdmissionError' },
    })
    expect(brief(run(endedPods, { pods: [failed] }))).toEqual(['POD_FAILED warning Pod/shop/web-5d8c7b9f6d-abcde'])
  })

  it('forgets after a day, and leaves pods of Jobs to their Job', () => {
    const ofJob = pod({
      phase: 'Failed',
      ownerReferences: [{ kind: 'Job', name: 'import' }],
      status: { ready: false, state: ended(1, 'Error') },
    })
    expect(run(endedPods, { pods: [evicted(2 * day, false), ofJob, pod({ phase: 'Succeeded' })] })).toEqual([])
  })
})
