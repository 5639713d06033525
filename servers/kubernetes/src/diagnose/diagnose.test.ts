import type { Finding } from '@kubevigil/core/incident'
import type { Pod } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import { badConditions } from './conditions.ts'
import { findingsOn } from './findings.ts'
import { groupPods, podState } from './pod-state.ts'
import { belongsTo } from './pods-of.ts'
import { referencesOf } from './references.ts'
import { matchesExpression, matchesLabels, selectorOf } from './selectors.ts'
import { statusFrom } from './verdict.ts'

const now = Date.parse('2026-11-21T10:00:00Z')

function pod(status: Pod['status'], metadata: Partial<Pod['metadata']> = {}, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    metadata: { name: 'web-1', namespace: 'shop', ...metadata },
    spec: { containers: [{ name: 'app' }], ...spec },
    status,
  }
}

describe('podState', () => {
  const ready = [{ type: 'Ready', status: 'True' }]
  it.each<[string, Pod]>([
    [
      'Running',
      pod({
        phase: 'Running',
        conditions: ready,
        containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }],
      }),
    ],
    ['NotReady', pod({ phase: 'Running', containerStatuses: [{ name: 'app', state: { running: {} } }] })],
    [
      'CrashLoopBackOff',
      pod({
        phase: 'Running',
        containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      }),
    ],
    ['Completed', pod({ phase: 'Succeeded' })],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    ['Terminating', pod({ phase: 'Running' }, { deletionTimestamp: '2026-11-21T09:00:00Z' })],
    [
      'Unschedulable',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }),
    ],
    [
      'ContainerCreating',
      pod({
        phase: 'Pending',
        containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }],
      }),
    ],
    [
      'Init:CrashLoopBackOff',
      pod({
        phase: 'Pending',
        initContainerStatuses: [{ name: 'migrate', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      }),
    ],
    [
      'Init:1/2',
      pod({
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'a', state: { terminated: { exitCode: 0 } } },
          { name: 'b', state: { running: {} } },
        ],
      }),
    ],
    // A native sidecar is an init container that is meant to go on running.
    [
      'Running',
      pod(
        {
          phase: 'Running',
          conditions: ready,
          initContainerStatuses: [{ name: 's', started: true, state: { running: {} } }],
        },
        {},
        { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
      ),
    ],
  ])('%s', (state, subject) => {
    expect(podState(subject)).toBe(state)
  })

  it('groups by state, healthy ones last, and tells how the container last ended', () => {
    const crashing = pod({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-21T09:55:00Z' } },
        },
      ],
    })
    const groups = groupPods(
      [pod({ phase: 'Running', conditions: ready }), pod({ phase: 'Running', conditions: ready }), crashing],
      now,
    )
    expect(groups.map(({ state, count, ready }) => [state, count, ready])).toEqual([
      ['CrashLoopBackOff', 1, 0],
      ['Running', 2, 2],
    ])
    expect(groups[0]).toMatchObject({
      restarts: 4,
      detail: expect.stringMatching(/^app exited with code 1 .*, 5m ago$/) as string,
    })
  })
})

describe('badConditions', () => {
  it('knows which way round a condition is, and leaves unknown ones alone', () => {
    const status = {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'KubeletNotReady' },
        { type: 'DiskPressure', status: 'True' },
        { type: 'MemoryPressure', status: 'False' },
        { type: 'EtcdIsVoter', status: 'True' },
        { type: 'SomethingNew', status: 'False' },
        { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' },
      ],
    }
    expect(badConditions({ metadata: { name: 'n' }, status }).map(({ type }) => type)).toEqual([
      'Ready',
      'DiskPressure',
    ])
  })
})

describe('referencesOf', () => {
  it('finds what a template names, without what is optional and each once', () => {
    const spec = {
      template: {
        spec: {
          serviceAccountName: 'web',
          imagePullSecrets: [{ name: 'pull' }],
          containers: [
            {
              name: 'app',
              env: [
                { name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'k' } } },
                { name: 'B', valueFrom: { secretKeyRef: { name: 'maybe', key: 'k', optional: true } } },
              ],
              envFrom: [{ configMapRef: { name: 'web' } }, { secretRef: { name: 'db' } }],
            },
          ],
          volumes: [
            { name: 'v', configMap: { name: 'files' } },
            { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
            { name: 'p', projected: { sources: [{ secret: { name: 'cert' } }, { serviceAccountToken: {} }] } },
          ],
        },
      },
    }
    const found = referencesOf({ metadata: { name: 'web' }, spec }, 'Deployment').map(
      ({ kind, name }) => `${kind}/${name}`,
    )
    expect(found.toSorted()).toEqual([
      'ConfigMap/files',
      'ConfigMap/web',
      'PersistentVolumeClaim/data',
      'Secret/cert',
      'Secret/db',
      'Secret/pull',
      'ServiceAccount/web',
    ])
  })

  it('finds those of a CronJob, an Ingress and an autoscaler', () => {
    const container = { name: 'app', envFrom: [{ configMapRef: { name: 'job' } }] }
    expect(
      referencesOf(
        {
          metadata: { name: 'c' },
          spec: { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } },
        },
        'CronJob',
      )[0],
    ).toMatchObject({ name: 'job' })
    const ingress = {
      tls: [{ secretName: 'tls' }],
      rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }],
    }
    expect(
      referencesOf({ metadata: { name: 'i' }, spec: ingress }, 'Ingress').map(({ kind, name }) => [kind, name]),
    ).toEqual([
      ['Secret', 'tls'],
      ['Service', 'web'],
    ])
    expect(
      referencesOf(
        { metadata: { name: 'h' }, spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'db' } } },
        'HorizontalPodAutoscaler',
      ),
    ).toEqual([{ kind: 'StatefulSet', name: 'db', from: 'scaleTargetRef' }])
    expect(referencesOf({ metadata: { name: 'x' } }, 'Whatever')).toEqual([])
  })
})

describe('belongsTo', () => {
  it.each([
    ['Deployment', 'web', 'Pod', 'web-548444b8bf-bnrgp', true],
    ['Deployment', 'web', 'Pod', 'web-admin-548444b8bf-bnrgp', false],
    ['Deployment', 'web', 'ReplicaSet', 'web-548444b8bf', true],
    ['StatefulSet', 'db', 'Pod', 'db-0', true],
    ['DaemonSet', 'agent', 'Pod', 'agent-2l5kl', true],
    ['CronJob', 'report', 'Job', 'report-29920385', true],
    ['CronJob', 'report', 'Pod', 'report-29920385-hlzzw', true],
    ['Service', 'web', 'Service', 'web', true],
    ['Service', 'web', 'Pod', 'web-1', false],
  ])('%s %s, %s %s: %s', (kind, name, childKind, child, belongs) => {
    expect(belongsTo({ kind, name }, childKind, child)).toBe(belongs)
  })
})

describe('selectors', () => {
  it('writes a selector as a list takes it', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['a', 'b'] },
        { key: 'x', operator: 'Exists' },
        { key: 'y', operator: 'DoesNotExist' },
      ],
    }
    expect(selectorOf({ metadata: { name: 'w' }, spec: { selector } })).toBe('app=web,tier notin (a,b),x,!y')
    expect(selectorOf({ metadata: { name: 's' }, spec: { selector: { app: 'web' } } })).toBe('app=web')
    expect(selectorOf({ metadata: { name: 's' }, spec: {} })).toBeUndefined()
  })

  it('matches as the API does', () => {
    expect(matchesLabels({ matchLabels: { a: '1' } }, { a: '1', b: '2' })).toBe(true)
    expect(matchesLabels(undefined, {})).toBe(false)
    expect(matchesLabels({}, {})).toBe(true)
    expect(matchesExpression({ key: 'cores', operator: 'Gt', values: ['8'] }, { cores: '16' })).toBe(true)
    expect(matchesExpression({ key: 'zone', operator: 'NotIn', values: ['a'] }, {})).toBe(true)
  })
})

function rulesOf(found: ReturnType<typeof findingsOn>): string[][] {
  return [found.own.map(({ rule }) => rule), found.related.map(({ rule }) => rule)]
}

describe('findingsOn', () => {
  const deployment = { kind: 'Deployment', namespace: 'shop', name: 'web' }
  const finding = (partial: Partial<Finding>): Finding => ({
    fingerprint: 'f',
    rule: 'R',
    severity: 'warning',
    title: 't',
    object: deployment,
    owner: deployment,
    since: null,
    evidence: [],
    causes: [],
    nextSteps: [],
    count: 1,
    examples: [],
    links: {},
    ...partial,
  })
  const node = finding({
    rule: 'NODE',
    object: { kind: 'Node', namespace: '', name: 'n1' },
    owner: { kind: 'Node', namespace: '', name: 'n1' },
  })
  const onPods = finding({
    rule: 'PODS',
    object: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    examples: ['Pod/shop/web-1'],
  })
  const other = finding({
    rule: 'OTHER',
    object: { kind: 'Pod', namespace: 'pay', name: 'p' },
    owner: { kind: 'Deployment', namespace: 'pay', name: 'p' },
  })
  const service = finding({
    rule: 'SERVICE',
    object: { kind: 'Service', namespace: 'shop', name: 'web' },
    owner: { kind: 'Service', namespace: 'shop', name: 'web' },
    links: { causedBy: [deployment] },
  })
  const pods = [pod({ phase: 'Running' }, {}, { nodeName: 'n1' })]

  it('tells what is its own from what is related and what is neither', () => {
    expect(rulesOf(findingsOn(deployment, [], pods, [node, onPods, other, service]))).toEqual([
      ['PODS'],
      ['NODE', 'SERVICE'],
    ])
    expect(
      rulesOf(findingsOn({ kind: 'Pod', namespace: 'shop', name: 'web-1' }, [deployment], pods, [onPods, other])),
    ).toEqual([['PODS'], []])
    expect(
      rulesOf(findingsOn({ kind: 'Service', namespace: 'shop', name: 'web' }, [], pods, [onPods, service])),
    ).toEqual([['SERVICE'], ['PODS']])
  })
})

function read(source: string) {
  return { source, status: 'ok' as const, detail: '' }
}

describe('statusFrom', () => {
  const nothing = {
    findings: [],
    related: [],
    conditions: [],
    missing: [],
    failures: [],
    isIdle: false,
    coverage: [read('api'), read('pods')],
  }
  const notReady = { ...nothing, conditions: [{ type: 'Ready', status: 'False', reason: '' }] }
  const missing = { ...nothing, missing: [{ kind: 'Secret', name: 's', from: 'x' }] }

  it('calls nothing healthy that was not looked at', () => {
    expect(statusFrom('Pod', nothing)).toBe('healthy')
    const blind = [read('api'), { source: 'pods', status: 'forbidden' as const, detail: '' }]
    expect(statusFrom('Pod', { ...nothing, coverage: blind })).toBe('unknown')
    expect(statusFrom('Pod', { ...notReady, coverage: blind })).toBe('degraded')
  })

  it('lets a workload start, and asks more of kinds no rule judges', () => {
    expect(statusFrom('Deployment', notReady)).toBe('progressing')
    expect(statusFrom('Certificate', notReady)).toBe('degraded')
  })

  it('minds missing objects unless nothing is to run', () => {
    expect(statusFrom('StatefulSet', missing)).toBe('degraded')
    expect(statusFrom('StatefulSet', { ...missing, isIdle: true })).toBe('healthy')
  })
})
