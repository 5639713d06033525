import type { ContainerStatus, Pod } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import { chooseContainer, logOutlook } from './log-container.ts'

function podWith(status: Partial<ContainerStatus>, fields: Partial<Pod['status']> = {}): Pod {
  return {
    metadata: { name: 'web-1' },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'app' }, { name: 'proxy' }],
      initContainers: [{ name: 'migrate' }],
    },
    status: { containerStatuses: [{ name: 'app', ...status }], ...fields },
  }
}

describe('chooseContainer', () => {
  it('takes the first, the annotated or the asked one, and names the others', () => {
    const pod = podWith({})
    expect(chooseContainer(pod, undefined)).toEqual({ container: 'app', others: ['proxy', 'migrate'] })
    expect(chooseContainer(pod, 'migrate').container).toBe('migrate')
    pod.metadata.annotations = { 'kubectl.kubernetes.io/default-container': 'proxy' }
    expect(chooseContainer(pod, undefined).container).toBe('proxy')
    pod.metadata.annotations = { 'kubectl.kubernetes.io/default-container': 'gone' }
    expect(chooseContainer(pod, undefined).container).toBe('app')
  })

  it('lists what there is instead of an unknown one', () => {
    expect(() => chooseContainer(podWith({}), 'nope')).toThrow(
      expect.objectContaining({ hint: 'It has: app, proxy, migrate.' }),
    )
  })
})

describe('logOutlook', () => {
  const ended = { terminated: { exitCode: 137, reason: 'OOMKilled' } }

  it('reads a running container, and tells of the run before', () => {
    expect(logOutlook(podWith({ state: { running: {} } }), 'app', false)).toEqual({ readable: true, note: '' })
    const restarted = podWith({ state: { running: {} }, restartCount: 4, lastState: ended })
    expect(logOutlook(restarted, 'app', false).note).toBe(
      'Restarted 4 times, the run before ended with exit code 137 (OOMKilled): previous=true shows it.',
    )
  })

  it('reads the last run of a container that waits between crashes', () => {
    const outlook = logOutlook(
      podWith({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended }),
      'app',
      false,
    )
    expect(outlook).toMatchObject({
      readable: true,
      note: expect.stringMatching(/^Waits \(CrashLoopBackOff\).*previous=true/),
    })
  })

  it('says why a container that never ran has no log', () => {
    const outlook = logOutlook(
      podWith({ state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }),
      'app',
      false,
    )
    expect(outlook).toMatchObject({
      readable: false,
      note: expect.stringContaining('waits (ErrImagePull: not found): it has never run'),
    })
  })

  it('points at the init container that is stuck', () => {
    const pod = podWith(
      { state: { waiting: { reason: 'PodInitializing' } } },
      {
        initContainerStatuses: [
          { name: 'migrate', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended },
        ],
      },
    )
    expect(logOutlook(pod, 'app', false).note).toContain('ask with container=migrate, previous=true')
  })

  it('knows that there is no run before, and no node yet', () => {
    expect(logOutlook(podWith({ state: { running: {} } }), 'app', true)).toMatchObject({
      readable: false,
      note: expect.stringContaining('has not restarted'),
    })
    const pending = podWith({})
    delete pending.spec.nodeName
    expect(logOutlook(pending, 'app', false)).toMatchObject({
      readable: false,
      note: expect.stringContaining('not scheduled'),
    })
  })
})
