import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { VolumeUsage } from '../../metrics.ts'
import { buildContext, defaultDetectOptions } from '../context.ts'
import { brief, now, object, pod, snapshotOf } from './testing.ts'
import { volumeUsage } from './usage-volumes.ts'

const claim = (accessModes = ['ReadWriteOnce']): KubernetesObject => object('data', { spec: { accessModes } })

function look(usage: Partial<VolumeUsage>, claims = [claim()], pods: unknown[] = []) {
  const volumes = [{ namespace: 'shop', claim: 'data', ...usage }]
  const snapshot = {
    ...snapshotOf({ persistentvolumeclaims: claims, pods }),
    metrics: { nodes: new Map(), pods: [], volumes },
  }
  return volumeUsage.detect(buildContext(snapshot, defaultDetectOptions, now))
}

const found = (usage: Partial<VolumeUsage>, claims?: KubernetesObject[]): string[] => brief(look(usage, claims))

it('tells a full volume, and one that will be full soon', () => {
  expect(found({ space: { free: 0.02, fullWithinDays: false } })).toEqual([
    'VOLUME_FULL critical PersistentVolumeClaim/shop/data',
  ])
  expect(found({ space: { free: 0.14, fullWithinDays: true } })).toEqual([
    'VOLUME_FILLING warning PersistentVolumeClaim/shop/data',
  ])
})

it('says nothing of one that is low and stays so, or fills from far away', () => {
  expect(found({ space: { free: 0.1, fullWithinDays: false } })).toEqual([])
  expect(found({ space: { free: 0.19, fullWithinDays: true } })).toEqual([])
  expect(found({})).toEqual([])
})

it('tells space and inodes apart', () => {
  const both = look({ space: { free: 0.01, fullWithinDays: true }, inodes: { free: 0.02, fullWithinDays: true } })
  expect(both.map(({ title }) => title)).toEqual([
    'PersistentVolumeClaim shop/data: the volume has no space left',
    'PersistentVolumeClaim shop/data: the volume has no room for more files (inodes) left',
  ])
  expect(new Set(both.map(({ fingerprint }) => fingerprint)).size).toBe(2)
})

it('leaves volumes nobody writes to, and claims this cluster does not have', () => {
  const space = { free: 0.01, fullWithinDays: true }
  expect(found({ space }, [claim(['ReadOnlyMany'])])).toEqual([])
  expect(found({ space }, [])).toEqual([])
})

it('names the pods in trouble that mount it', () => {
  const mounts = pod({ spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } })
  const [finding] = look({ space: { free: 0.012, fullWithinDays: true } }, [claim()], [mounts, pod({ name: 'other' })])
  expect(finding?.evidence).toEqual(['1.2 % of its space is free', 'Mounted by Pod/shop/web-5d8c7b9f6d-abcde'])
})
