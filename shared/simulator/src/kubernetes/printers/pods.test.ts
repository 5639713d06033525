import { describe, expect, test } from 'vitest'
import type { JsonObject, KubernetesObject } from '../json.ts'
import { printPod } from './pods.ts'

const now = Date.parse('2026-11-21T01:00:00Z')

function pod(status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): KubernetesObject {
  return {
    metadata: { name: 'p', creationTimestamp: '2026-11-21T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'a' }], ...spec },
    status,
  }
}

/** READY, STATUS and RESTARTS. */
function shown(item: KubernetesObject): unknown[] {
  return printPod(item, now).cells.slice(1, 4)
}

function terminated(state: JsonObject): KubernetesObject {
  return pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: state } }] })
}

const running = { name: 'a', ready: true, restartCount: 0, state: { running: {} } }

describe('printPod', () => {
  test('a running pod', () => {
    expect(shown(pod({ phase: 'Running', containerStatuses: [running] }))).toEqual(['1/1', 'Running', '0'])
  })

  test('restarts say when the last one was', () => {
    const lastState = { terminated: { finishedAt: '2026-11-21T00:55:00Z' } }
    const state = { waiting: { reason: 'CrashLoopBackOff' } }
    const status = { phase: 'Running', containerStatuses: [{ name: 'a', restartCount: 7, state, lastState }] }
    expect(shown(pod(status))).toEqual(['0/1', 'CrashLoopBackOff', '7 (5m ago)'])
  })

  test('a finished container beside a running one', () => {
    const done = { name: 'b', state: { terminated: { reason: 'Completed', exitCode: 0 } } }
    const statuses = { phase: 'Running', containerStatuses: [done, running] }
    expect(shown(pod(statuses))[1]).toBe('NotReady')
    expect(shown(pod({ ...statuses, conditions: [{ type: 'Ready', status: 'True' }] }))[1]).toBe('Running')
  })

  test('a terminated container without a reason', () => {
    expect(shown(terminated({ signal: 9, exitCode: 137 }))[1]).toBe('Signal:9')
    expect(shown(terminated({ exitCode: 3 }))[1]).toBe('ExitCode:3')
  })

  test('init containers', () => {
    const spec = { initContainers: [{ name: 'i' }, { name: 'j' }] }
    const init = (state: JsonObject) => pod({ phase: 'Pending', initContainerStatuses: [{ name: 'i', state }] }, spec)
    expect(shown(init({ running: {} }))[1]).toBe('Init:0/2')
    expect(shown(init({ waiting: { reason: 'ImagePullBackOff' } }))[1]).toBe('Init:ImagePullBackOff')
    expect(shown(init({ waiting: { reason: 'PodInitializing' } }))[1]).toBe('Init:0/2')
    expect(shown(init({ terminated: { exitCode: 1, reason: 'Error' } }))[1]).toBe('Init:Error')
  })

  test('a sidecar counts as a container', () => {
    const sidecar = { name: 'i', started: true, ready: true, restartCount: 2, state: { running: {} } }
    const spec = { initContainers: [{ name: 'i', restartPolicy: 'Always' }] }
    const status = { phase: 'Running', initContainerStatuses: [sidecar], containerStatuses: [running] }
    expect(shown(pod(status, spec))).toEqual(['2/2', 'Running', '2'])
  })

  test('gates, deletion, eviction and lost nodes', () => {
    const gated = { phase: 'Pending', conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] }
    expect(shown(pod(gated))[1]).toBe('SchedulingGated')
    const deleted = { deletionTimestamp: '2026-11-21T00:59:00Z' }
    expect(shown(pod({ phase: 'Running' }, {}, deleted))[1]).toBe('Terminating')
    expect(shown(pod({ phase: 'Running', reason: 'NodeLost' }, {}, deleted))[1]).toBe('Unknown')
    expect(shown(pod({ phase: 'Failed', reason: 'Evicted' }))[1]).toBe('Evicted')
  })
})
