import { describe, expect, it } from 'vitest'
import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { ClusterMetrics, PodUsage, Usage } from '../../metrics.ts'
import { hour } from '../../time.ts'
import { buildContext, defaultDetectOptions } from '../context.ts'
import { brief, ended, node, now, pod, snapshotOf, workload, type Objects } from './testing.ts'
import { containerUsage } from './usage-containers.ts'
import { nodeUsage } from './usage-nodes.ts'

const Gi = 2 ** 30
const Mi = 2 ** 20

function look(objects: Objects, metrics: Partial<ClusterMetrics>): Finding[] {
  const snapshot = { ...snapshotOf(objects), metrics: { nodes: new Map<string, Usage>(), pods: [], ...metrics } }
  const context = buildContext(snapshot, defaultDetectOptions, now)
  return [...nodeUsage.detect(context), ...containerUsage.detect(context)]
}

function sized(ready: 'True' | 'Unknown' = 'True', condition?: string): KubernetesObject {
  const one = node('node-1', ready, {
    conditions: condition === undefined ? [] : [{ type: condition, status: 'True' }],
  })
  const [capacity, allocatable] = [
    { cpu: '4', memory: '16Gi' },
    { cpu: '4', memory: '15Gi' },
  ]
  return { ...one, status: { ...one.status, capacity, allocatable } }
}
const onNode = (usage: Partial<Usage>, one = sized()) =>
  brief(look({ nodes: [one] }, { nodes: new Map([['node-1', { cpu: 0, memory: 0, ...usage }]]) }))

describe('usage of nodes', () => {
  it('warns of memory and notes CPU', () => {
    expect(onNode({ memory: 14.5 * Gi, cpu: 3.9 })).toEqual([
      'NODE_MEMORY_HIGH warning Node//node-1',
      'NODE_CPU_HIGH info Node//node-1',
    ])
  })

  it.each([
    ['half used', { memory: 8 * Gi, cpu: 2 }, sized()],
    ['measured beyond its size, which cannot be', { memory: 17 * Gi, cpu: 8 }, sized()],
    ['silent', { memory: 14.5 * Gi }, sized('Unknown')],
    ['under pressure, which is told already', { memory: 14.5 * Gi }, sized('True', 'MemoryPressure')],
    ['of unknown size', { memory: 14.5 * Gi }, node()],
  ])('leaves a node alone that is %s', (_name, usage, one) => {
    expect(onNode(usage, one)).toEqual([])
  })
})

const limits = { memory: '256Mi', cpu: '500m' }
const web = workload({ container: { resources: { limits } } })
const measured = (usage: Partial<Usage>, name = 'web-5d8c7b9f6d-abcde'): PodUsage => ({
  namespace: 'shop',
  name,
  labels: { app: 'web' },
  containers: new Map([['app', { cpu: 0, memory: 0, ...usage }]]),
})

function killed(since: number) {
  const status = { ready: true, restartCount: 1, lastState: ended(137, 'OOMKilled', since) }
  return pod({ container: { resources: { limits } }, status })
}

describe('usage of containers', () => {
  it('notes healthy pods near their limits by the template, all replicas in one', () => {
    const pods = [
      measured({ memory: 240 * Mi }),
      measured({ memory: 250 * Mi }, 'web-2'),
      measured({ cpu: 0.5 }, 'web-3'),
    ]
    const found = look({ deployments: [web] }, { pods })
    expect(brief(found)).toEqual([
      'POD_MEMORY_NEAR_LIMIT info Deployment/shop/web',
      'POD_CPU_AT_LIMIT info Deployment/shop/web',
    ])
    expect(found[0]).toMatchObject({ count: 2, evidence: ['web-2: 250Mi of 256Mi (98 %)'] })
  })

  it('warns when it was OOM-killed before, but leaves a fresh kill to the rule for that', () => {
    const pods = [measured({ memory: 250 * Mi })]
    expect(brief(look({ deployments: [web], pods: [killed(3 * hour)] }, { pods }))).toEqual([
      'POD_MEMORY_NEAR_LIMIT warning Deployment/shop/web',
    ])
    expect(look({ deployments: [web], pods: [killed(hour / 2)] }, { pods })).toEqual([])
  })

  it.each([
    ['within their limits', measured({ memory: 200 * Mi, cpu: 0.3 }), web],
    ['without limits', measured({ memory: 250 * Mi, cpu: 0.5 }), workload()],
    ['measured beyond a limit that somebody raised', measured({ memory: 400 * Mi, cpu: 2 }), web],
    [
      'with a tiny CPU limit',
      measured({ cpu: 0.05 }),
      workload({ container: { resources: { limits: { cpu: '50m' } } } }),
    ],
    ['of nobody known', { ...measured({ memory: 250 * Mi }), labels: {} }, web],
  ])('leaves containers alone that are %s', (_name, one, deployment) => {
    expect(look({ deployments: [deployment] }, { pods: [one] })).toEqual([])
  })

  it('says nothing without metrics', () => {
    const context = buildContext(snapshotOf({ deployments: [web] }), defaultDetectOptions, now)
    expect([...containerUsage.detect(context), ...nodeUsage.detect(context)]).toEqual([])
  })
})
