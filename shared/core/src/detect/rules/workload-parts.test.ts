import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { autoscaling } from './autoscaling.ts'
import { disruption } from './disruption.ts'
import { jobSidecars } from './job-sidecars.ts'
import { misscheduled } from './misscheduled.ts'
import { statefulSets } from './statefulsets.ts'
import { ago, brief, condition, ended, object, pod, run, service, workload } from './testing.ts'

const set = (ready: number, serviceName: string, desired = 3) =>
  workload({ name: 'db', desired, ready, spec: { replicas: desired, serviceName } })
const job = [{ kind: 'Job', name: 'import', controller: true }]
const running = (name: string) => ({ name, ready: true, state: { running: { startedAt: ago(hour) } } })
const jobPod = (mainEnded: object, others: object[] = [running('proxy')], ownerReferences = job) =>
  pod({
    ownerReferences,
    podStatus: { containerStatuses: [{ name: 'app', ready: false, ...mainEnded }, ...others] as never },
  })
const hpa = (kind: string, spec = {}, conditions: object[] = []) =>
  object('web', { spec: { scaleTargetRef: { kind, name: 'web' }, ...spec }, status: { conditions } })
const budget = (name: string, app: string) =>
  object(name, {
    spec: { selector: { matchLabels: { app } } },
    status: { expectedPods: 2, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 },
  })

const daemons = (numberMisscheduled: number) => [object('agent', { status: { numberMisscheduled } })]

const overlapping = (...poddisruptionbudgets: object[]) =>
  brief(run(disruption, { poddisruptionbudgets, deployments: [workload()] }))

describe('statefulSets', () => {
  it('tells a governing Service that does not exist', () => {
    expect(brief(run(statefulSets, { statefulsets: [set(1, 'db')] }))).toEqual([
      'STATEFULSET_SERVICE_MISSING warning StatefulSet/shop/db',
    ])
    expect(brief(run(statefulSets, { statefulsets: [set(3, 'db')] }))).toEqual([
      'STATEFULSET_SERVICE_MISSING info StatefulSet/shop/db',
    ])
  })

  it.each([
    ['none is named', [set(1, '')], {}],
    ['it is scaled to zero', [set(0, 'db', 0)], {}],
    ['Services could not be read', [set(1, 'db')], { services: 'forbidden' as const }],
  ])('is silent when %s', (_name, statefulsets, gaps) => {
    expect(run(statefulSets, { statefulsets }, gaps)).toEqual([])
  })

  it('is silent when the Service exists', () => {
    expect(run(statefulSets, { statefulsets: [set(1, 'db')], services: [service('db', { app: 'db' })] })).toEqual([])
  })
})

describe('misscheduled', () => {
  it('notes daemons where none should be, and leaves others alone', () => {
    expect(brief(run(misscheduled, { daemonsets: daemons(2) }))).toEqual([
      'DAEMONSET_MISSCHEDULED info DaemonSet/shop/agent',
    ])
    expect(run(misscheduled, { daemonsets: daemons(0) })).toEqual([])
  })
})

describe('jobSidecars', () => {
  const done = { state: ended(0, 'Completed', 20 * minute) }

  it('tells a sidecar that keeps a Job from completing', () => {
    const found = run(jobSidecars, { pods: [jobPod(done)], jobs: [object('import')] })
    expect(brief(found)).toEqual(['JOB_SIDECAR_RUNS_ON warning Job/shop/import'])
    expect(found[0]!.container).toBe('proxy')
  })

  it.each([
    ['one whose work ended a moment ago', jobPod({ state: ended(0, 'Completed', minute) })],
    ['one whose work failed', jobPod({ state: ended(1, 'Error', 20 * minute) })],
    ['one that works', jobPod(running('app'))],
    [
      'a pod of a Deployment',
      jobPod(done, [running('proxy')], [{ kind: 'ReplicaSet', name: 'web', controller: true }]),
    ],
    ['one of which several containers work', jobPod(done, [running('a'), running('b')])],
  ])('leaves %s alone', (_name, one) => {
    expect(run(jobSidecars, { pods: [one] })).toEqual([])
  })
})

describe('targets of autoscalers', () => {
  it('tells a workload that does not exist', () => {
    expect(brief(run(autoscaling, { horizontalpodautoscalers: [hpa('Deployment')] }))).toEqual([
      'HPA_TARGET_MISSING warning HorizontalPodAutoscaler/shop/web',
    ])
  })

  it('names the container without a request when a share of it is measured', () => {
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }]
    const blind = hpa('Deployment', { metrics }, [condition('ScalingActive', 'False', hour, 'FailedGetResourceMetric')])
    const of = (requests: object) =>
      run(autoscaling, {
        horizontalpodautoscalers: [blind],
        deployments: [workload({ container: { resources: { requests: requests as Record<string, string> } } })],
      })[0]!.evidence.join()
    expect(of({ memory: '1Gi' })).toContain('Container app sets no request for cpu')
    expect(of({ cpu: '1' })).not.toContain('sets no request')
  })

  it('is silent when it exists, is of a kind of somebody else, or could not be looked for', () => {
    const horizontalpodautoscalers = [hpa('Deployment')]
    expect(run(autoscaling, { horizontalpodautoscalers, deployments: [workload()] })).toEqual([])
    expect(run(autoscaling, { horizontalpodautoscalers: [hpa('Rollout')] })).toEqual([])
    expect(run(autoscaling, { horizontalpodautoscalers }, { deployments: 'forbidden' })).toEqual([])
  })
})

describe('several disruption budgets', () => {
  it('notes a workload that two of them select, and leaves one alone', () => {
    expect(overlapping(budget('a', 'web'), budget('b', 'web'))).toEqual(['PDB_OVERLAP info Deployment/shop/web'])
    expect(overlapping(budget('a', 'web'), budget('b', 'api'))).toEqual([])
  })
})
