import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { minute } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { readinessOf, refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace } from '../text.ts'

/** Its Service is often applied after it. */
const grace = 5 * minute

/** StatefulSets whose pods have no names in DNS, because the Service that would give them is not there. */
export const statefulSets: Rule = {
  codes: ['STATEFULSET_SERVICE_MISSING'],
  detect: (context) => context.snapshot.objects.statefulsets.flatMap((set) => findingsOf(context, set)),
}

function findingsOf(context: DetectContext, set: KubernetesObject): Finding[] {
  const ref = refOf('statefulsets', set)
  const name = (set.spec?.['serviceName'] ?? '') as string
  // Without a name nobody wants one.
  if (name === '' || set.metadata.deletionTimestamp !== undefined) return []
  if (context.now - createdAt(set) < grace || !context.surelyAbsent('services', ref.namespace, name)) return []
  const { ready, desired } = readinessOf({ ref, object: set })
  if (desired === 0) return []
  return [
    finding(context, {
      rule: 'STATEFULSET_SERVICE_MISSING',
      // One replica that is ready plainly does without; several that are ready may not need each other's names either.
      severity: (ready ?? 0) >= (desired ?? 1) ? 'info' : 'warning',
      owner: ref,
      fault: `its governing Service ${name} does not exist, so its pods have no names in DNS`,
      since: createdAt(set),
      evidence: [`spec.serviceName is ${name}; ${ready} of ${desired} ready`],
      causes: ['The headless Service was never created, was deleted or renamed'],
      nextSteps: [
        `kubectl ${inNamespace(ref.namespace)}get services`,
        `kubectl ${inNamespace(ref.namespace)}get statefulset ${ref.name} -o jsonpath='{.spec.serviceName}'`,
      ],
    }),
  ]
}
