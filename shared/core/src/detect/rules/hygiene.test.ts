import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../time.ts'
import { autoscaling } from './autoscaling.ts'
import { disruption } from './disruption.ts'
import { quotas } from './quotas.ts'
import { ago, brief, object, run, workload } from './testing.ts'

const hpa = (condition: object, status: object = {}) =>
  object('web', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 8 },
    status: { ...status, conditions: [{ lastTransitionTime: ago(hour), ...condition }] },
  })

const budget = (status: object, since = hour) =>
  object('web', {
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: {
      ...status,
      conditions: [{ type: 'DisruptionAllowed', status: 'False', lastTransitionTime: ago(since) }],
    },
  })
const found = (one: object) => brief(run(disruption, { poddisruptionbudgets: [one], deployments: [workload()] }))
const quota = (hard: object, used: object) => object('compute', { status: { hard, used } })

describe('autoscaling', () => {
  it('tells autoscalers that cannot scale or have no room', () => {
    const blind = hpa({ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' })
    const full = hpa({ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }, { currentReplicas: 8 })
    expect(
      run(autoscaling, { horizontalpodautoscalers: [blind, full], deployments: [workload()] }).map(({ rule }) => rule),
    ).toEqual(['HPA_DEGRADED', 'HPA_MAXED_OUT'])
  })

  it.each([
    [
      'resting at its minimum',
      hpa({ type: 'ScalingLimited', status: 'True', reason: 'TooFewReplicas' }, { currentReplicas: 2 }),
    ],
    ['switched off by scaling to zero', hpa({ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' })],
    [
      'without metrics for a moment',
      hpa({
        type: 'ScalingActive',
        status: 'False',
        reason: 'FailedGetResourceMetric',
        lastTransitionTime: ago(minute),
      }),
    ],
  ])('leaves an autoscaler %s alone', (_name, one) => {
    expect(run(autoscaling, { horizontalpodautoscalers: [one], deployments: [workload()] })).toEqual([])
  })
})

describe('disruption', () => {
  it('warns when too few pods are healthy for long', () => {
    expect(found(budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2, expectedPods: 3 }))).toEqual([
      'PDB_BLOCKS warning PodDisruptionBudget/shop/web',
    ])
  })

  it('only notes a budget that is tight by intent, and nothing when there is room', () => {
    expect(found(budget({ disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 }))).toEqual([
      'PDB_BLOCKS info PodDisruptionBudget/shop/web',
    ])
    expect(found(budget({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 }))).toEqual([])
    expect(found(budget({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }))).toEqual([])
  })
})

describe('quotas', () => {
  it('notes what is used up, whatever the units', () => {
    expect(
      brief(
        run(quotas, {
          resourcequotas: [quota({ 'requests.cpu': '2', pods: '9' }, { 'requests.cpu': '2000m', pods: '3' })],
        }),
      ),
    ).toEqual(['QUOTA_EXHAUSTED info ResourceQuota/shop/compute'])
  })

  it('leaves room and prohibitions alone', () => {
    expect(
      run(quotas, {
        resourcequotas: [
          quota({ pods: '9', 'services.loadbalancers': '0' }, { pods: '8', 'services.loadbalancers': '0' }),
        ],
      }),
    ).toEqual([])
  })
})
