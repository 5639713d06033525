import type { Finding } from '../../incident.ts'
import { controllerOf } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { isDangling } from '../dangling.ts'
import { finding } from '../finding.ts'
import { readinessOf, templateOf, type NamedWorkload } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { similarName } from '../references.ts'
import { requiredBy } from '../required.ts'
import { inNamespace, nameOf } from '../text.ts'
import { minute } from '../../time.ts'

/** Things are applied one after the other, and operators make Secrets a moment later. */
const grace = 5 * minute

/** Kinds whose pods are made from their template again and again. */
const restarting = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'])

/**
 * Workloads that run, but name a ConfigMap, Secret or ServiceAccount that is gone: their next pod will not start. Pods that already
 * fail for it say so themselves, in the kubelet's words.
 */
export const missingReferences: Rule = {
  codes: ['WORKLOAD_REFERENCE_MISSING'],
  detect: (context) => [...context.workloads.values()].flatMap((workload) => findingsOf(context, workload)),
}

function findingsOf(context: DetectContext, workload: NamedWorkload): Finding[] {
  const { ref, object } = workload
  const template = templateOf(object)?.spec
  if (template?.containers === undefined || !isServing(context, workload)) return []
  const missing = requiredBy(template, ref.namespace).filter((needed) => isDangling(context, needed))
  const [first] = missing
  if (first === undefined) return []
  return [
    finding(context, {
      rule: 'WORKLOAD_REFERENCE_MISSING',
      severity: 'warning',
      owner: ref,
      fault: `it needs ${nameOf(first)}, which does not exist: its next pod will not start`,
      evidence: missing.slice(0, 5).flatMap((one) => {
        const near = similarName(context, one)
        return [`${nameOf(one)} does not exist`, ...(near === undefined ? [] : [near])]
      }),
      causes: [`${first.kind} ${first.name} was deleted or renamed while pods that had read it run on`],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}get ${first.kind.toLowerCase()}s`,
        `kubectl ${inNamespace(ref.namespace)}get ${ref.kind.toLowerCase()} ${ref.name} -o yaml`,
      ],
    }),
  ]
}

function isServing(context: DetectContext, workload: NamedWorkload): boolean {
  const { ref, object } = workload
  if (!restarting.has(ref.kind) || object.metadata.deletionTimestamp !== undefined) return false
  if (ref.kind !== 'CronJob' && controllerOf(object)?.kind === ref.kind) return false
  if (context.now - createdAt(object) < grace || object.spec?.suspend === true) return false
  const { ready, desired } = readinessOf(workload)
  return ready === null || desired === null || (desired > 0 && ready >= desired)
}
