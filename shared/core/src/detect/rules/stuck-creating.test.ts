import { describe, expect, it } from 'vitest'
import { minute } from '../../time.ts'
import { stuckCreating } from './stuck-creating.ts'
import { brief, event, node, object, pod, run, waiting, workload } from './testing.ts'

const creating = (age: number) =>
  pod({ age, phase: 'Pending', status: waiting('ContainerCreating'), ownerReferences: [] })
const name = 'web-5d8c7b9f6d-abcde'

const onNodes = (nodes: object[]) => run(stuckCreating, { pods: [creating(5 * minute)], nodes })

describe('stuckCreating', () => {
  it.each([
    [
      'FailedMount',
      'MountVolume.SetUp failed for volume "v" : configmap "c" not found',
      /mounts ConfigMap shop\/c, which does not exist/,
    ],
    ['FailedCreatePodSandBox', 'failed to assign an IP address to container', /no IP address is left/],
    ['FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"', /still attached to another node/],
    ['FailedCreatePodSandBox', 'plugin type="calico" failed (add): connection refused', /network sandbox/],
  ])('tells %s apart: %s', (reason, message, title) => {
    const found = run(stuckCreating, { pods: [creating(5 * minute)], events: [event('Pod', name, reason, message)] })
    expect(brief(found)).toEqual([`POD_STUCK_CREATING critical Pod/shop/${name}`])
    expect(found[0]!.title).toMatch(title)
  })

  it('tells a volume that replicas share from one that another pod still holds', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const waits = pod({ age: 5 * minute, phase: 'Pending', status: waiting('ContainerCreating'), spec: { volumes } })
    const events = [event('Pod', name, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"')]
    const evidence = (mode: string, spec: Record<string, unknown>) =>
      run(stuckCreating, {
        pods: [waits],
        events,
        deployments: [workload({ spec })],
        persistentvolumeclaims: [object('data', { spec: { accessModes: [mode] }, status: { phase: 'Bound' } })],
      })[0]!.evidence.join()
    const shared = 'Claim data is ReadWriteOnce, and 2 replicas of Deployment web share it'
    expect(evidence('ReadWriteOnce', { replicas: 2 })).toContain(shared)
    expect(evidence('ReadWriteOnce', { replicas: 1 })).toContain('old and new pods of a rolling update')
    expect(evidence('ReadWriteOnce', { replicas: 1, strategy: { type: 'Recreate' } })).not.toContain('share it')
    expect(evidence('ReadWriteMany', { replicas: 2 })).not.toContain('share it')
  })

  it('counts a pod that waits on a node which fell silent', () => {
    expect(run(stuckCreating, { pods: [creating(5 * minute)], nodes: [node('node-1', 'Unknown')] })).toHaveLength(1)
  })

  it('tells a pod that names a node which does not exist', () => {
    expect(onNodes([node('node-2')])[0]!.title).toContain('its node node-1 does not exist')
    expect(onNodes([node('node-1')])).toEqual([])
    expect(onNodes([])).toEqual([])
  })

  it('lets a big image be pulled without complaint, and young pods be', () => {
    expect(run(stuckCreating, { pods: [creating(10 * minute)] })).toEqual([])
    expect(
      run(stuckCreating, { pods: [creating(minute)], events: [event('Pod', name, 'FailedMount', 'timed out')] }),
    ).toEqual([])
    expect(
      run(stuckCreating, {
        pods: [pod()],
        events: [event('Pod', name, 'FailedMount', 'failed to sync configmap cache', 55 * minute)],
      }),
    ).toEqual([])
  })
})
