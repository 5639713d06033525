import type { Rollout } from '@kubevigil/core/change'
import { expect, it } from 'vitest'
import { recentRollout } from './recent.ts'

const incident = { since: '2026-11-20T14:05:00Z' }

function rollout(time: string, revision: string): Rollout {
  const changes = ['container app: limits.memory 512Mi → 256Mi', 'container app: image web:1 → web:2']
  return { time, source: 'ReplicaSet', revision, previousRevision: '', changes }
}

it('tells the last rollout before the onset with what it changed', () => {
  const rollouts = [
    rollout('2026-11-20T14:30:00Z', '9'),
    rollout('2026-11-20T14:03:00Z', '8'),
    rollout('2026-11-20T13:50:00Z', '7'),
  ]
  expect(recentRollout(incident, rollouts)).toBe(
    'Changed 2m before the onset: revision 8 at 2026-11-20T14:03:00Z: container app: limits.memory 512Mi → 256Mi; container app: image web:1 → web:2',
  )
})

it('forgives clocks a minute, and no more', () => {
  expect(recentRollout(incident, [rollout('2026-11-20T14:05:40Z', '8')])).toMatch(/^Changed at the onset: revision 8/)
  expect(recentRollout(incident, [rollout('2026-11-20T14:07:00Z', '8')])).toBeUndefined()
})

it('says nothing of an old rollout, of none, and without an onset', () => {
  expect(recentRollout(incident, [rollout('2026-11-20T13:00:00Z', '8')])).toBeUndefined()
  expect(recentRollout(incident, [])).toBeUndefined()
  expect(recentRollout({ since: null }, [rollout('2026-11-20T14:03:00Z', '8')])).toBeUndefined()
  expect(recentRollout(incident, [rollout('', '8')])).toBeUndefined()
})
