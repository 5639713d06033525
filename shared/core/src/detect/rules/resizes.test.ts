import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { resizes } from './resizes.ts'
import { storageClasses } from './storage-classes.ts'
import { ago, brief, condition, object, run } from './testing.ts'

const claim = (conditions: object[], status: object = {}) =>
  object('data', {
    spec: { resources: { requests: { storage: '20Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '10Gi' }, conditions, ...status },
  })
const found = (one: object) => run(resizes, { persistentvolumeclaims: [one] })

describe('resizes', () => {
  it('tells volumes whose driver refuses, by condition or by status', () => {
    const [one] = found(claim([condition('NodeResizeError', 'True', hour, '', 'no space in pool')]))
    expect(brief([one!])).toEqual(['PVC_RESIZE_FAILED warning PersistentVolumeClaim/shop/data'])
    expect(one!.evidence).toEqual(['no space in pool', 'Asked for 20Gi, has 10Gi'])
    expect(
      found(claim([], { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } }))[0]!.title,
    ).toContain('ControllerResizeInfeasible')
  })

  it('notes a file system that does not follow its volume', () => {
    expect(brief(found(claim([condition('FileSystemResizePending', 'True', 2 * hour)])))).toEqual([
      'PVC_RESIZE_PENDING info PersistentVolumeClaim/shop/data',
    ])
  })

  it.each([
    ['a claim as it should be', claim([])],
    ['one at work', claim([condition('Resizing', 'True', hour)])],
    ['one that waits since a moment', claim([condition('FileSystemResizePending', 'True', 10 * minute)])],
    ['an error that is over', claim([condition('ControllerResizeError', 'False', hour)])],
    ['a resize under way', claim([], { allocatedResourceStatuses: { storage: 'NodeResizePending' } })],
  ])('leaves %s alone', (_name, healthy) => {
    expect(found(healthy)).toEqual([])
  })
})

const named = (name: string, mark: string | undefined, age: number) => ({
  metadata: {
    name,
    creationTimestamp: ago(age),
    annotations: mark === undefined ? {} : { 'storageclass.kubernetes.io/is-default-class': mark },
  },
})

describe('storage classes', () => {
  it('notes a second default, on the one that wins', () => {
    const storageclasses = [named('old', 'true', 2 * hour), named('new', 'true', hour), named('other', 'false', hour)]
    const [one] = run(storageClasses, { storageclasses })
    expect(brief([one!])).toEqual(['STORAGE_CLASS_DEFAULTS info StorageClass//new'])
    expect(one!.nextSteps).toEqual(['kubectl annotate storageclass old storageclass.kubernetes.io/is-default-class-'])
  })

  it('leaves one default, or none, alone', () => {
    expect(run(storageClasses, { storageclasses: [named('a', 'true', hour), named('b', undefined, hour)] })).toEqual([])
    expect(run(storageClasses, {})).toEqual([])
  })
})
