import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { attachments } from './attachments.ts'
import { stuckCreating } from './stuck-creating.ts'
import { ago, brief, event, node, object, pod, run, waiting } from './testing.ts'

const claim = { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' }
const volume = { metadata: { name: 'pv-1' }, spec: { claimRef: { namespace: 'shop', name: 'data' } } }
const attachment = (name: string, nodeName: string, status: object, age = hour) =>
  object(name, {
    metadata: { namespace: undefined, creationTimestamp: ago(age) },
    spec: { attacher: 'ebs.csi.aws.com', nodeName, source: { persistentVolumeName: 'pv-1' } },
    status,
  })
const refused = { attached: false, attachError: { message: 'VolumeInUse: vol-1 is in use', time: ago(minute) } }
const held = attachment('csi-b', 'node-2', { attached: true })
const found = (...volumeattachments: object[]) =>
  run(attachments, { volumeattachments, persistentvolumes: [volume], nodes: [node('node-2', 'Unknown')] })

describe('attachments', () => {
  it('tells a volume that cannot be attached by its claim, with the node that holds it', () => {
    const [one, ...more] = found(attachment('csi-a', 'node-1', refused), held)
    expect(more).toEqual([])
    expect(brief([one!])).toEqual(['VOLUME_ATTACH_FAILED warning PersistentVolumeClaim/shop/data'])
    expect(one!.evidence).toEqual(['VolumeInUse: vol-1 is in use', 'Volume pv-1 is attached to node node-2'])
    expect(one!.links.causedBy).toEqual([{ kind: 'Node', namespace: '', name: 'node-2' }])
  })

  it('tells a volume that cannot be detached', () => {
    const stuck = { attached: true, detachError: { message: 'node not found' } }
    expect(found(attachment('csi-a', 'node-1', stuck))[0]!.title).toContain('cannot be detached from node node-1')
  })

  it.each([
    ['an attached one', attachment('csi-a', 'node-1', { attached: true })],
    ['an error the driver overcame', attachment('csi-a', 'node-1', { ...refused, attached: true })],
    ['one that was just asked for', attachment('csi-a', 'node-1', refused, minute)],
    ['one without a word yet', attachment('csi-a', 'node-1', {})],
  ])('leaves %s alone', (_name, one) => {
    expect(found(one)).toEqual([])
  })
})

describe('a pod that waits for its volume', () => {
  const waits = pod({
    phase: 'Pending',
    status: waiting('ContainerCreating'),
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
  })
  const events = [event('Pod', waits.metadata.name, 'FailedAttachVolume', 'Multi-Attach error for volume "pv-1"')]
  const base = { pods: [waits], events, persistentvolumes: [volume] }
  const stuck = (status: 'True' | 'Unknown', ...volumeattachments: object[]) =>
    run(stuckCreating, { ...base, volumeattachments, nodes: [node(), node('node-2', status)] })[0]!

  it('says who holds it, and blames a node that fell silent with it', () => {
    expect(stuck('True', held).evidence).toContain('PersistentVolumeClaim shop/data is attached to node node-2')
    expect(stuck('True', held).links.causedBy).toBeUndefined()
    expect(stuck('Unknown', held).links.causedBy).toEqual([{ kind: 'Node', namespace: '', name: 'node-2' }])
  })

  it('goes under the claim whose attachment failed', () => {
    expect(stuck('True', attachment('csi-a', 'node-1', refused), held).links.causedBy).toEqual([claim])
  })
})
