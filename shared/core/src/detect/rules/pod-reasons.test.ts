import { describe, expect, it } from 'vitest'
import type { ContainerStatus } from '../../kubernetes.ts'
import { hour, minute } from '../../time.ts'
import { defaultDetectOptions, detect } from '../detect.ts'
import { ago, ended, event, now, pod, snapshotOf, waiting, workload, type Objects } from './testing.ts'

/** Every reason a kubelet gives for a container that waits or has ended, and every reason a pod fails by, with what is told of it. */

const rulesOf = (objects: Objects): string[] =>
  detect(snapshotOf({ deployments: [workload({ ready: 0 })], ...objects }), defaultDetectOptions, now)
    .map(({ rule }) => rule)
    .filter((rule) => !rule.startsWith('WORKLOAD_'))

const looping = (extra: Partial<ContainerStatus>): Partial<ContainerStatus> => ({ restartCount: 4, ...extra })
const pending = (status: Partial<ContainerStatus>, message = '') =>
  pod({ age: 20 * minute, phase: 'Pending', status, podStatus: message === '' ? {} : { message } })

describe('a container that waits', () => {
  it.each<[string, string, string]>([
    ['CrashLoopBackOff', 'back-off 5m0s restarting failed container', 'POD_CRASH_LOOP'],
    ['ErrImagePull', 'not found', 'POD_IMAGE_PULL'],
    ['ImagePullBackOff', 'Back-off pulling image "web:2"', 'POD_IMAGE_PULL'],
    ['ImageInspectError', 'failed to inspect image', 'POD_IMAGE_PULL'],
    ['ErrImageNeverPull', 'Container image is not present with pull policy of Never', 'POD_IMAGE_PULL'],
    ['InvalidImageName', 'couldn\'t parse image name "Web:": invalid reference format', 'POD_IMAGE_PULL'],
    ['RegistryUnavailable', 'registry is unavailable', 'POD_IMAGE_PULL'],
    ['SignatureValidationFailed', 'image signature validation failed', 'POD_IMAGE_PULL'],
    ['CreateContainerConfigError', 'secret "db" not found', 'POD_CONFIG_ERROR'],
    ['CreateContainerError', 'container name is already in use', 'POD_CREATE_ERROR'],
    ['PreCreateHookError', 'pre-create hook failed', 'POD_CREATE_ERROR'],
    ['RunContainerError', 'failed to start container: exec format error', 'POD_START_ERROR'],
    ['PreStartHookError', 'pre-start hook failed', 'POD_START_ERROR'],
    ['PostStartHookError', 'exec lifecycle hook failed', 'POD_START_ERROR'],
    ['ContainerCannotRun', 'permission denied', 'POD_START_ERROR'],
    ['ContainerCreating', '', 'POD_STUCK_CREATING'],
    ['PodInitializing', '', 'POD_STUCK_CREATING'],
  ])('for %s', (reason, message, rule) => {
    const crashing = reason === 'CrashLoopBackOff' ? { lastState: ended(1, 'Error') } : {}
    expect(rulesOf({ pods: [pending(looping({ ...waiting(reason, message), ...crashing }))] })).toEqual([rule])
  })

  it.each(['CrashLoopBackOff', 'ErrImagePull', 'CreateContainerConfigError', 'RunContainerError'])(
    'in an init container for %s',
    (reason) => {
      const init = { status: looping({ ...waiting(reason), lastState: ended(1, 'Error') }) }
      expect(rulesOf({ pods: [pod({ phase: 'Pending', init, status: waiting('PodInitializing') })] })).toHaveLength(1)
    },
  )
})

describe('a container that has ended', () => {
  it.each<[string, number, string]>([
    ['Error', 1, 'POD_CRASH_LOOP'],
    ['Error', 2, 'POD_CRASH_LOOP'],
    ['Completed', 0, 'POD_CRASH_LOOP'],
    ['Error', 134, 'POD_CRASH_LOOP'],
    ['Error', 137, 'POD_CRASH_LOOP'],
    ['Error', 139, 'POD_CRASH_LOOP'],
    ['Error', 143, 'POD_CRASH_LOOP'],
    ['ContainerStatusUnknown', 137, 'POD_CRASH_LOOP'],
    ['OOMKilled', 137, 'POD_OOM_KILLED'],
    ['OOMKilled', 1, 'POD_OOM_KILLED'],
    ['StartError', 128, 'POD_START_ERROR'],
    ['ContainerCannotRun', 127, 'POD_START_ERROR'],
    ['ContainerCannotRun', 126, 'POD_START_ERROR'],
  ])('by %s with exit code %i', (reason, code, rule) => {
    const lastState = ended(code, reason)
    const now_ = { ready: false, ...looping({ state: lastState, lastState }) }
    const between = { ready: false, ...looping({ state: { running: { startedAt: ago(30_000) } }, lastState }) }
    const backOff = looping({ ...waiting('CrashLoopBackOff'), lastState })
    for (const status of [now_, between, backOff]) expect(rulesOf({ pods: [pod({ status })] })).toEqual([rule])
  })
})

describe('a pod that failed', () => {
  it.each<[string, string]>([
    ['Evicted', 'POD_EVICTED'],
    ['NodeLost', 'POD_FAILED'],
    ['NodeShutdown', 'POD_FAILED'],
    ['Terminated', 'POD_FAILED'],
    ['Shutdown', 'POD_FAILED'],
    ['UnexpectedAdmissionError', 'POD_FAILED'],
    ['NodeAffinity', 'POD_FAILED'],
    ['OutOfcpu', 'POD_FAILED'],
    ['OutOfmemory', 'POD_FAILED'],
    ['OutOfpods', 'POD_FAILED'],
    ['Preempting', 'POD_FAILED'],
    ['DeadlineExceeded', 'POD_FAILED'],
    ['PodFailurePolicy', 'POD_FAILED'],
  ])('for %s', (reason, rule) => {
    const failed = (age: number) => ({
      ...pod({ age: age + minute, phase: 'Failed', podStatus: { reason, startTime: ago(age), conditions: [] } }),
    })
    const without = (age: number) => {
      const one = failed(age)
      return { ...one, status: { ...one.status, containerStatuses: [] } }
    }
    expect(rulesOf({ pods: [without(hour)] })).toEqual([rule])
    expect(rulesOf({ pods: [without(30 * hour)] })).toEqual([])
  })
})

describe('a container that runs', () => {
  it('is told of when it is not ready, and left alone when it is', () => {
    const running = { started: true, state: { running: { startedAt: ago(hour) } } }
    const events = [event('Pod', 'web-5d8c7b9f6d-abcde', 'Unhealthy', 'Readiness probe failed: 503')]
    expect(rulesOf({ pods: [pod({ status: { ready: false, ...running } })], events })).toEqual(['POD_NOT_READY'])
    expect(rulesOf({ pods: [pod({ status: { ready: true, ...running } })], events })).toEqual([])
  })

  it('is left alone when it is an ephemeral one, however it ended', () => {
    const debugged = pod()
    const ephemeralContainerStatuses = [{ name: 'debug', state: ended(137, 'Error') }]
    const status = { ...debugged.status, ephemeralContainerStatuses }
    expect(rulesOf({ pods: [{ ...debugged, status }] })).toEqual([])
  })
})
