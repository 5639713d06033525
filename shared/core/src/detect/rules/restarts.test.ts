import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../time.ts'
import { restarts } from './restarts.ts'
import { brief, ended, pod, run } from './testing.ts'

const restarted = (age: number, restartCount: number, since: number) =>
  pod({
    age,
    ownerReferences: [{ kind: 'DaemonSet', name: 'agent' }],
    status: { ready: true, restartCount, lastState: ended(1, 'Error', since, hour) },
  })

describe('restarts', () => {
  it('tells many restarts in a short life', () => {
    expect(brief(run(restarts, { pods: [restarted(10 * hour, 6, 30 * minute)] }))).toEqual([
      'POD_RESTARTS_HIGH warning DaemonSet/shop/agent',
    ])
  })

  it('leaves restarts gathered over months, and those long ago, alone', () => {
    expect(
      run(restarts, {
        pods: [
          restarted(100 * day, 20, 30 * minute),
          restarted(10 * hour, 6, 5 * hour),
          restarted(10 * hour, 2, 30 * minute),
        ],
      }),
    ).toEqual([])
  })
})
