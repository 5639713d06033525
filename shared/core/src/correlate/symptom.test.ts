import { expect, test } from 'vitest'
import { symptomOf, weightOf, type Symptom } from './symptom.ts'

test.each<[string, Symptom]>([
  ['POD_OOM_KILLED', 'oom'],
  ['OOMKilled', 'oom'],
  ['POD_CRASH_LOOP', 'crash'],
  ['CrashLoopBackOff', 'crash'],
  ['POD_RESTARTS_HIGH', 'crash'],
  ['POD_START_ERROR', 'crash'],
  ['POD_INIT_FAILED', 'crash'],
  ['POD_FAILED', 'crash'],
  ['JOB_FAILED', 'crash'],
  ['CRONJOB_FAILING', 'crash'],
  ['POD_IMAGE_PULL', 'image-pull'],
  ['POD_CONFIG_ERROR', 'config'],
  ['POD_CREATE_ERROR', 'config'],
  ['POD_STUCK_CREATING', 'config'],
  ['CreateContainerConfigError', 'config'],
  ['POD_UNSCHEDULABLE', 'pending'],
  ['PVC_PENDING', 'pending'],
  ['PVC_RESIZE_FAILED', 'pending'],
  ['QUOTA_EXHAUSTED', 'pending'],
  ['WORKLOAD_REPLICAS_REFUSED', 'pending'],
  ['POD_NOT_READY', 'unhealthy'],
  ['POD_LIVENESS_FAILED', 'unhealthy'],
  ['SERVICE_NO_ENDPOINTS', 'unhealthy'],
  ['SERVICE_SELECTS_NOTHING', 'unhealthy'],
  ['WORKLOAD_ROLLOUT_STALLED', 'rollout'],
  ['WORKLOAD_UNAVAILABLE', 'rollout'],
  ['GITOPS_SYNC_FAILED', 'rollout'],
  ['HPA_MAXED_OUT', 'rollout'],
  ['INGRESS_BACKEND_MISSING', 'ingress'],
  ['CERTIFICATE_EXPIRED', 'ingress'],
  ['NAMESPACE_TERMINATING', 'other'],
])('%s is %s', (rule, symptom) => {
  expect(symptomOf(rule)).toBe(symptom)
})

test('a raised memory limit does not explain that memory ran out', () => {
  expect(weightOf('oom', { kind: 'memory-limit', direction: 'lowered' })).toBe(1)
  expect(weightOf('oom', { kind: 'memory-limit', direction: 'raised' })).toBe(0)
  expect(weightOf('image-pull', { kind: 'memory-limit', direction: 'lowered' })).toBe(0)
})
