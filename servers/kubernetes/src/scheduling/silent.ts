import { claimProblems } from './claims.ts'
import type { SchedulingFacts, SchedulingSpec } from './types.ts'

/**
 * Why a pod is pending although no scheduler has said a word (seen on Kubernetes 1.36): gates, a scheduler that is not there,
 * a resource claim that does not exist, a volume that its provisioner has still to make.
 */
export function silentReason(facts: SchedulingFacts): { explanation: string; nextSteps: string[] } {
  const { pod, claims, missingResourceClaims, schedulerPlaces } = facts
  const { name, namespace } = pod.metadata
  const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name)
  if (gates.length > 0) {
    return {
      explanation: `Pod ${name} is held back on purpose by the scheduling gate${gates.length === 1 ? '' : 's'} ${gates.join(', ')}; no scheduler looks at it until the controller behind removes ${gates.length === 1 ? 'it' : 'them'}.`,
      nextSteps: [
        `Find the controller that owns the gate ${gates[0]} (a quota or queue system) and ask it why the pod waits.`,
      ],
    }
  }
  if (missingResourceClaims.length > 0) {
    return {
      explanation: `Pod ${name} names ${missingResourceClaims.join(', ')}, which ${missingResourceClaims.length === 1 ? 'does' : 'do'} not exist; the scheduler waits for it without a word.`,
      nextSteps: [
        `kubectl get resourceclaims,resourceclaimtemplates -n ${namespace}`,
        'Create the claim or correct its name in the pod.',
      ],
    }
  }
  const problems = claimProblems(claims)
  if (problems.length > 0) {
    const nominated = pod.status.nominatedNodeName
    return {
      explanation: `Pod ${name} waits for its volume${nominated === undefined ? '' : `; node ${nominated} is chosen for it`}. ${problems.join(' ')}`,
      nextSteps: [
        `kubectl describe pvc -n ${namespace} ${claims.map((claim) => claim.name).join(' ')}`,
        'Check that the provisioner of the StorageClass runs (its CSI controller pods and their logs).',
      ],
    }
  }
  const scheduler = (pod.spec as SchedulingSpec).schedulerName ?? 'default-scheduler'
  if (scheduler === 'default-scheduler') {
    return {
      explanation: `Pod ${name} is pending and the scheduler has said nothing about it yet: it is new, or the scheduler does not run.`,
      nextSteps: ['Ask again in a minute; if nothing changes, look at kube-scheduler in kube-system.'],
    }
  }
  const places =
    schedulerPlaces === true
      ? 'It has placed other pods, so it runs'
      : 'No pod that names it has been placed: it is probably not installed'
  return {
    explanation: `Pod ${name} waits for the scheduler "${scheduler}", which has said nothing about it. ${places}.`,
    nextSteps: [
      `Install or repair the scheduler "${scheduler}", or remove schedulerName from the pod so that the default scheduler takes it.`,
    ],
  }
}
