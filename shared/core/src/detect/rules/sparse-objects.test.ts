import { describe, expect, it } from 'vitest'
import { defaultDetectOptions, detect } from '../detect.ts'
import { ago, brief, now, snapshotOf } from './testing.ts'
import { hour } from '../../time.ts'

/**
 * Objects as other tools' suites write them, with nothing but what their point is: no conditions, no times, no names of containers.
 * What they show is found all the same.
 */
const metadata = { name: 'one', namespace: 'shop', creationTimestamp: ago(hour) }
const warning = (reason: string, message: string) => ({
  metadata: { name: 'event', namespace: 'shop', creationTimestamp: ago(60_000) },
  type: 'Warning',
  reason,
  message,
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'one' },
})
const found = (status: object, events: object[] = [], spec?: object) =>
  brief(detect(snapshotOf({ pods: [{ metadata, spec, status }], events }), defaultDetectOptions, now))

describe('sparse pods', () => {
  it.each<[string, object, object[], string]>([
    [
      'a scheduler that gave no status',
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            reason: 'Unschedulable',
            message:
              "0/1 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate.",
          },
        ],
      },
      [],
      'POD_UNSCHEDULABLE critical Pod/shop/one',
    ],
    [
      'a readiness probe without state or condition',
      { phase: 'Running', containerStatuses: [{ ready: false }] },
      [warning('Unhealthy', 'readiness probe failed: the detail')],
      'POD_NOT_READY critical Pod/shop/one',
    ],
    [
      'an eviction without a phase',
      { reason: 'Evicted', message: 'Pod was rejected: The node had condition: [DiskPressure]. ' },
      [],
      'POD_EVICTED warning Pod/shop/one',
    ],
    [
      'an eviction that is still pending',
      { phase: 'Pending', reason: 'Evicted' },
      [],
      'POD_EVICTED warning Pod/shop/one',
    ],
    [
      'a sandbox that cannot be made, without a node',
      { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }] },
      [warning('FailedCreatePodSandBox', 'failed to create the pod sandbox ...')],
      'POD_STUCK_CREATING critical Pod/shop/one',
    ],
    [
      'a back-off without a count',
      { phase: 'Running', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      [],
      'POD_CRASH_LOOP critical Pod/shop/one',
    ],
    [
      'a failed pod without times',
      { phase: 'Failed', containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 2 } } }] },
      [],
      'POD_FAILED warning Pod/shop/one',
    ],
  ])('%s', (_name, status, events, line) => {
    expect(found(status, events)).toEqual([line])
  })

  it('say nothing when they say nothing wrong', () => {
    expect(found({ phase: 'Succeeded' })).toEqual([])
    expect(found({ phase: 'Running', containerStatuses: [{ ready: true }] })).toEqual([])
  })
})
