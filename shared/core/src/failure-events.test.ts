import { describe, expect, it } from 'vitest'
import { analyseFailureEvents, describeExit } from './failure-events.ts'
import type { KubernetesEvent, Pod } from './kubernetes.ts'

const now = Date.parse('2026-11-21T10:30:00Z')

function event(reason: string, message: string, rest: Partial<KubernetesEvent> = {}): KubernetesEvent {
  return {
    metadata: { name: 'e' },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: '2026-11-21T10:28:00Z',
    lastTimestamp: '2026-11-21T10:28:00Z',
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    ...rest,
  }
}

function pod(status: Partial<Pod['status']>, spec: Partial<Pod['spec']> = {}): Map<string, Pod> {
  return new Map([
    [
      'web-1',
      {
        metadata: { name: 'web-1' },
        spec: { containers: [{ name: 'app' }], nodeName: 'n1', ...spec },
        status: { phase: 'Running', ...status },
      },
    ],
  ])
}

const crashing = pod({
  containerStatuses: [
    {
      name: 'app',
      ready: false,
      restartCount: 10,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  ],
})
const container = { kind: 'Pod', namespace: 'shop', name: 'web-1', fieldPath: 'spec.containers{app}' }

function states(pods: Map<string, Pod>, ...events: KubernetesEvent[]): string[] {
  return analyseFailureEvents(events, pods, now).map(({ state }) => state)
}

function normal(reason: string, message: string, count = 1): KubernetesEvent {
  return event(reason, message, { type: 'Normal', count })
}

describe('analyseFailureEvents', () => {
  it('tells category, rate, age, causes and action of a crash loop', () => {
    const [failure] = analyseFailureEvents(
      [
        event('BackOff', 'Back-off restarting failed container app', {
          count: 11,
          firstTimestamp: '2026-11-21T09:00:00Z',
          lastTimestamp: '2026-11-21T10:15:00Z',
          involvedObject: container,
        }),
      ],
      crashing,
      now,
    )
    expect(failure).toMatchObject({
      category: 'ContainerCrash',
      severity: 'critical',
      state: 'ongoing',
      count: 11,
      ratePerHour: 8,
      sinceFirst: '90m',
      causes: [
        'Container app exited with code 1 (the program ended with an error of its own)',
        'Container app has restarted 10 times',
      ],
    })
    expect(failure!.action).toContain('get_logs')
  })

  it.each([
    [
      'FailedScheduling',
      '0/4 nodes are available: 3 Insufficient memory, 1 node(s) had untolerated taint(s).',
      'Scheduling',
      /memory/,
    ],
    [
      'Failed',
      'Failed to pull image "a:1": toomanyrequests: You have reached your pull rate limit',
      'ImagePull',
      /rate/,
    ],
    ['Failed', 'Failed to pull image "a:1": dial tcp: lookup registry: no such host', 'ImagePull', /cannot be reached/],
    ['Failed', 'Error: secret "db" not found', 'Configuration', /secret "db" does not exist/],
    [
      'Failed',
      'Error: failed to create containerd task: exec: "serve": executable file not found in $PATH',
      'ContainerCrash',
      /command serve does not exist/,
    ],
    [
      'FailedMount',
      'MountVolume.SetUp failed for volume "v" : configmap "cm" not found',
      'Volume',
      /configmap "cm" does not exist/,
    ],
    ['FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"', 'Volume', /another node/],
    ['Evicted', 'The node was low on resource: memory. Threshold quantity: 100Mi', 'Resource', /ran out of memory/],
    ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 'Probe', /HTTP 503/],
    [
      'FailedCreatePodSandBox',
      'plugin type="aws-cni" failed: failed to assign an IP address to container',
      'Network',
      /address range/,
    ],
    [
      'FailedCreate',
      'Error creating: pods "a" is forbidden: exceeded quota: q, requested: pods=1',
      'Admission',
      /ResourceQuota q is used up/,
    ],
    ['NodeNotReady', 'Node is not ready', 'Node', /kubelet/],
    ['SomethingNew', 'never seen', 'Other', /^$/],
  ])('files %s: %s', (reason, message, category, cause) => {
    const [failure] = analyseFailureEvents([event(reason, message)], new Map(), now)
    expect(failure?.category).toBe(category)
    expect(failure?.causes.join()).toMatch(cause)
  })

  it('is over when the pod shows it: placed, pulled, ready', () => {
    expect(states(crashing, event('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.'))).toEqual([
      'recovered',
    ])
    expect(
      states(
        pod({ phase: 'Pending' }, { nodeName: '' }),
        event('Failed', 'Failed to pull image "a"', { lastTimestamp: '2026-11-21T09:00:00Z' }),
      ),
    ).toEqual(['ongoing'])
    expect(states(crashing, event('FailedMount', 'configmap "cm" not found', { involvedObject: container }))).toEqual([
      'recovered',
    ])
    const ready = pod({ conditions: [{ type: 'Ready', status: 'True' }] })
    expect(states(ready, event('Failed', 'Failed to pull image "a"'))).toEqual(['recovered'])
    // Ready between two failed probes is not over yet.
    expect(states(ready, event('Unhealthy', 'Liveness probe failed'))).toEqual(['ongoing'])
  })

  it('counts an event of a pod that is gone as recovered after five minutes, at info', () => {
    const [failure] = analyseFailureEvents(
      [event('BackOff', 'Back-off restarting', { lastTimestamp: '2026-11-21T10:00:00Z' })],
      new Map(),
      now,
    )
    expect(failure).toMatchObject({ state: 'recovered', severity: 'info' })
  })

  it('merges the replicas of a workload and takes the message that tells more', () => {
    const merged = analyseFailureEvents(
      ['web-1', 'web-2', 'web-3', 'web-4'].flatMap((name) => [
        event('Failed', `Failed to pull image "a:1": not found`, { involvedObject: { ...container, name } }),
        event('Failed', 'Error: ErrImagePull', {
          involvedObject: { ...container, name },
          lastTimestamp: '2026-11-21T10:29:00Z',
        }),
      ]),
      new Map(),
      now,
    )
    expect(merged).toHaveLength(1)
    expect(merged[0]).toMatchObject({ count: 8, reason: 'Failed', message: 'Failed to pull image "a:1": not found' })
    expect(merged[0]!.objects).toHaveLength(3)
  })

  it('reads scheduler events, which carry no count and only eventTime', () => {
    const { count: _, ...bare } = event('FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.', {
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-11-21T10:00:00Z',
      series: { count: 7, lastObservedTime: '2026-11-21T10:29:30Z' },
    })
    expect(
      analyseFailureEvents([bare], pod({ phase: 'Pending' }, { nodeName: undefined } as object), now)[0],
    ).toMatchObject({
      count: 7,
      state: 'ongoing',
      causes: ['3 node(s): no node has enough of a resource left for what the pod requests (cpu)'],
    })
  })

  it('leaves Normal events alone but those that tell of trouble or come very often', () => {
    expect(
      analyseFailureEvents(
        [normal('Scheduled', 'Successfully assigned'), normal('Pulled', 'Container image present')],
        new Map(),
        now,
      ),
    ).toEqual([])
    expect(analyseFailureEvents([normal('BackOff', 'Back-off pulling image "a"')], new Map(), now)[0]?.category).toBe(
      'ImagePull',
    )
    expect(
      analyseFailureEvents(
        [normal('Killing', 'Container app failed liveness probe, will be restarted')],
        new Map(),
        now,
      )[0]?.category,
    ).toBe('Probe')
    expect(analyseFailureEvents([normal('Created', 'Created container app', 40)], new Map(), now)[0]?.severity).toBe(
      'info',
    )
  })

  it('survives events without anything in them', () => {
    expect(
      analyseFailureEvents([{ metadata: { name: 'x' }, type: 'Warning', involvedObject: {} }], new Map(), now)[0],
    ).toMatchObject({ category: 'Other', count: 1 })
  })
})

describe('describeExit', () => {
  it('says what an exit code means', () => {
    expect(describeExit(137, 'Error')).toContain('killed')
    expect(describeExit(137, 'OOMKilled')).toContain('memory limit')
    expect(describeExit(undefined, undefined)).toBe('ended with an unknown exit code')
  })
})
