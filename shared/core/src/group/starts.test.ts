import { expect, test } from 'vitest'
import { defaultDetectOptions } from '../detect/context.ts'
import { detect } from '../detect/detect.ts'
import { ago, now, pod, snapshotOf } from '../detect/rules/testing.ts'
import { group } from '../group.ts'
import { hour, minute } from '../time.ts'

const web = { metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 2 }, status: { readyReplicas: 0 } }

/** The one incident of Deployment shop/web with unready pods whose containers started so long ago. */
function grouped(...started: number[]) {
  const pods = started.map((age, index) =>
    pod({
      name: `web-5d8c7b9f6d-${index}abcd`,
      age: Math.max(age, hour),
      node: `node-${index}`,
      status: { ready: false, state: { running: { startedAt: ago(age) } } },
      podStatus: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(4 * minute) }] },
    }),
  )
  const snapshot = snapshotOf({ pods, deployments: [web] })
  return group(detect(snapshot, defaultDetectOptions, now), snapshot)[0]!
}

test('an affected workload says when the longest running of its unready containers started', () => {
  expect(grouped(4 * minute, 9 * hour).affected[0]).toMatchObject({ name: 'web', startedAt: ago(9 * hour) })
  expect(grouped(4 * minute).affected[0]).toMatchObject({ startedAt: ago(4 * minute) })
})

test('an incident names its node only when all its faulty pods sit there', () => {
  expect(grouped(hour).node).toBe('node-0')
  expect(grouped(hour, hour)).not.toHaveProperty('node')
})
