import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { storage } from './storage.ts'
import { ago, brief, event, object, run } from './testing.ts'

const classes = [
  { metadata: { name: 'fast' }, provisioner: 'csi.example', volumeBindingMode: 'Immediate' },
  { metadata: { name: 'late' }, provisioner: 'csi.example', volumeBindingMode: 'WaitForFirstConsumer' },
]
const claim = (
  storageClassName: string,
  phase = 'Pending',
  extra: { age?: number; annotations?: object; conditions?: object[] } = {},
) =>
  object('data', {
    metadata: { creationTimestamp: ago(extra.age ?? hour), annotations: extra.annotations },
    spec: { storageClassName },
    status: { phase, conditions: extra.conditions },
  })
const found = (one: object, gaps = {}) => run(storage, { persistentvolumeclaims: [one], storageclasses: classes }, gaps)

const volume = (phase: string, policy: string, age = hour) =>
  object('pv-1', {
    metadata: { namespace: undefined, creationTimestamp: ago(age) },
    spec: { persistentVolumeReclaimPolicy: policy, claimRef: { namespace: 'shop', name: 'data' } },
    status: { phase },
  })

const ofVolume = (one: object) => brief(run(storage, { persistentvolumes: [one] }))

describe('storage', () => {
  it('tells claims that stay pending, and quotes the provisioner', () => {
    const events = [event('PersistentVolumeClaim', 'data', 'ProvisioningFailed', 'quota of the cloud exceeded')]
    const pending = run(storage, { persistentvolumeclaims: [claim('fast')], storageclasses: classes, events })
    expect(brief(pending)).toEqual(['PVC_PENDING warning PersistentVolumeClaim/shop/data'])
    expect(pending[0]!.evidence.join()).toContain('quota of the cloud')
  })

  it('names a StorageClass that is not there, but only when all were read', () => {
    expect(found(claim('gone'))[0]!.links.causedBy).toEqual([{ kind: 'StorageClass', namespace: '', name: 'gone' }])
    expect(found(claim('gone'), { storageclasses: 'forbidden' })[0]!.links.causedBy).toBeUndefined()
  })

  it('tells lost claims and failed volumes', () => {
    expect(brief(found(claim('fast', 'Lost')))).toEqual(['PVC_LOST critical PersistentVolumeClaim/shop/data'])
    expect(
      brief(run(storage, { persistentvolumes: [{ metadata: { name: 'pv-1' }, status: { phase: 'Failed' } }] })),
    ).toEqual(['PV_FAILED critical PersistentVolume//pv-1'])
  })

  it('tells volumes that never become available, and notes those kept after their claim', () => {
    expect(ofVolume(volume('Pending', 'Delete'))).toEqual(['PV_PENDING warning PersistentVolume//pv-1'])
    expect(ofVolume(volume('Released', 'Retain'))).toEqual(['PV_RELEASED info PersistentVolume//pv-1'])
    expect(ofVolume(volume('Released', 'Delete'))).toEqual([])
    expect(ofVolume(volume('Pending', 'Delete', minute))).toEqual([])
    expect(ofVolume(volume('Bound', 'Retain'))).toEqual([])
    expect(ofVolume(volume('Available', 'Retain'))).toEqual([])
  })

  it('tells a claim that waits for its provisioner after a node was chosen', () => {
    expect(
      found(claim('late', 'Pending', { annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } })),
    ).toHaveLength(1)
  })

  it.each([
    ['a claim that waits for its first consumer', claim('late')],
    ['a young claim', claim('fast', 'Pending', { age: 2 * minute })],
    ['a bound claim', claim('fast', 'Bound', { conditions: [{ type: 'FileSystemResizePending', status: 'True' }] })],
  ])('leaves %s alone', (_name, healthy) => {
    expect(found(healthy)).toEqual([])
  })
})
