import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { parseQuantity } from '../../quantity.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { inNamespace } from '../text.ts'

/** Quotas that are used up. A note by itself (kubernetes-mixin: info at 100 %): it is a fault when somebody is refused for it. */
export const quotas: Rule = {
  codes: ['QUOTA_EXHAUSTED'],
  detect: (context) => context.snapshot.objects.resourcequotas.flatMap((quota) => findingsOf(context, quota)),
}

function findingsOf(context: DetectContext, quota: KubernetesObject): Finding[] {
  const { hard = {}, used = {} } = (quota.status ?? {}) as {
    hard?: Record<string, string>
    used?: Record<string, string>
  }
  const full = Object.entries(hard)
    .filter(([resource, limit]) => {
      const [have, most] = [parseQuantity(used[resource] ?? '0'), parseQuantity(limit)]
      // A hard limit of zero forbids the resource; nothing of it is ever used up.
      return have !== undefined && most !== undefined && most > 0 && have >= most
    })
    .map(([resource, limit]) => `${resource} ${used[resource]} of ${limit}`)
    .sort()
  if (full.length === 0) return []
  return [
    finding(context, {
      rule: 'QUOTA_EXHAUSTED',
      severity: 'info',
      owner: refOf('resourcequotas', quota),
      fault: `used up: ${full.map((entry) => entry.split(' ')[0]).join(', ')}`,
      evidence: full,
      causes: ['More replicas or bigger requests than the quota allows'],
      nextSteps: [`kubectl ${inNamespace(quota.metadata.namespace)}describe resourcequota ${quota.metadata.name}`],
    }),
  ]
}
