import { expect, test } from 'vitest'
import { symptomOf, weightOf, type Symptom } from './symptom.ts'

test.each<[string, Symptom]>([
  ['POD_OOM_KILLED', 'oom'],
  ['OOMKilled', 'oom'],
  ['POD_CRASH_LOOP', 'crash'],
  ['CrashLoopBackOff', 'crash'],
  ['POD_RESTARTS', 'crash'],
  ['POD_IMAGE_PULL', 'image-pull'],
  ['POD_CONFIG_ERROR', 'config'],
  ['CreateContainerConfigError', 'config'],
  ['POD_UNSCHEDULABLE', 'pending'],
  ['PVC_PENDING', 'pending'],
  ['POD_NOT_READY', 'unhealthy'],
  ['SERVICE_NO_ENDPOINTS', 'unhealthy'],
  ['DEPLOYMENT_PROGRESS_DEADLINE', 'rollout'],
  ['INGRESS_BACKEND', 'ingress'],
  ['CERTIFICATE_EXPIRED', 'ingress'],
  ['SOMETHING', 'other'],
])('%s is %s', (rule, symptom) => {
  expect(symptomOf(rule)).toBe(symptom)
})

test('a raised memory limit does not explain that memory ran out', () => {
  expect(weightOf('oom', { kind: 'memory-limit', direction: 'lowered' })).toBe(1)
  expect(weightOf('oom', { kind: 'memory-limit', direction: 'raised' })).toBe(0)
  expect(weightOf('image-pull', { kind: 'memory-limit', direction: 'lowered' })).toBe(0)
})
