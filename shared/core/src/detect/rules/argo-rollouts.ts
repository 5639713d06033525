import type { Finding } from '../../incident.ts'
import { conditionOf, type KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { customResources, kubectlKind, refOfCustom, sinceOf } from '../custom-resources.ts'
import { finding } from '../finding.ts'
import { inNamespace, quote } from '../text.ts'

interface RolloutStatus {
  phase?: string
  message?: string
  abort?: boolean
  availableReplicas?: number
  currentPodHash?: string
  stableRS?: string
}

/** Rollouts of Argo that gave up. Their other conditions are False also while a canary goes on as planned: the phase is the verdict. */
export const argoRollouts: Rule = {
  codes: ['ARGO_ROLLOUT_DEGRADED'],
  detect: (context) =>
    customResources(context.snapshot, 'argoproj.io', 'Rollout').flatMap((rollout) => findingsOf(context, rollout)),
}

function findingsOf(context: DetectContext, rollout: KubernetesObject): Finding[] {
  const {
    phase,
    message,
    abort,
    availableReplicas = 0,
    currentPodHash,
    stableRS,
  } = (rollout.status ?? {}) as RolloutStatus
  if (phase !== 'Degraded' || rollout.metadata.deletionTimestamp !== undefined) return []
  const ref = refOfCustom(rollout)
  const progressing = conditionOf(rollout, 'Progressing')
  const namespace = inNamespace(ref.namespace)
  return [
    finding(context, {
      rule: 'ARGO_ROLLOUT_DEGRADED',
      severity: availableReplicas > 0 ? 'warning' : 'critical',
      owner: ref,
      fault: abort === true ? 'its rollout was aborted' : 'its rollout does not get on',
      since: progressing === undefined ? undefined : sinceOf(rollout, progressing),
      evidence: [
        quote(message ?? progressing?.message),
        currentPodHash !== stableRS && `New pods ${currentPodHash ?? 'unknown'}, stable pods ${stableRS ?? 'none'}`,
      ],
      causes: ['The new version does not become ready', 'An analysis run judged the new version bad'],
      nextSteps: [
        `kubectl ${namespace}describe ${kubectlKind(rollout)} ${ref.name}`,
        `kubectl ${namespace}get analysisruns`,
        `kubectl argo rollouts ${namespace}undo ${ref.name}`,
      ],
      // Argo names a ReplicaSet after the Rollout and the hash of its pods, as a Deployment does.
      links:
        currentPodHash === undefined
          ? {}
          : { causedBy: [{ kind: 'ReplicaSet', namespace: ref.namespace, name: `${ref.name}-${currentPodHash}` }] },
    }),
  ]
}
