import type { Finding, Severity } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { parseQuantity } from '../../quantity.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { compareText, inNamespace } from '../text.ts'

/** Share of a quota from which the next deployment may not fit (kubernetes-mixin, KubeQuotaAlmostFull). */
const almostFull = 0.9

interface Level {
  rule: string
  severity: Severity
  word: string
  causes: string[]
  fits: (share: number) => boolean
}

/** The gravest first; a quota is told once, by the worst of its resources. */
const levels: readonly Level[] = [
  {
    rule: 'QUOTA_EXCEEDED',
    // What runs goes on, but no pod that ends is made again.
    severity: 'warning',
    word: 'more is used than it allows',
    causes: ['The quota was lowered, or made after what it counts'],
    fits: (share) => share > 1,
  },
  {
    rule: 'QUOTA_EXHAUSTED',
    severity: 'info',
    word: 'used up',
    causes: ['More replicas or bigger requests than the quota allows'],
    fits: (share) => share === 1,
  },
  {
    rule: 'QUOTA_ALMOST_FULL',
    severity: 'info',
    word: 'almost used up',
    causes: ['More replicas or bigger requests will soon not fit'],
    fits: (share) => share > almostFull && share < 1,
  },
]

/** How full quotas are. Full is a note by itself (kubernetes-mixin: info): it is a fault when somebody is refused for it. */
export const quotas: Rule = {
  codes: levels.map(({ rule }) => rule),
  detect: (context) => context.snapshot.objects.resourcequotas.flatMap((quota) => findingsOf(context, quota)),
}

function findingsOf(context: DetectContext, quota: KubernetesObject): Finding[] {
  const { hard = {}, used = {} } = (quota.status ?? {}) as {
    hard?: Record<string, string>
    used?: Record<string, string>
  }
  const shares = Object.entries(hard).flatMap(([resource, limit]) => {
    const [have, most] = [parseQuantity(used[resource] ?? '0'), parseQuantity(limit)]
    // A hard limit of zero forbids the resource; nothing of it is ever used up.
    if (have === undefined || most === undefined || most <= 0) return []
    return [{ resource, share: have / most, text: `${resource} ${used[resource] ?? '0'} of ${limit}` }]
  })
  const level = levels.find(({ fits }) => shares.some(({ share }) => fits(share)))
  if (level === undefined) return []
  const { rule, severity, word, causes, fits } = level
  const full = shares.filter(({ share }) => fits(share)).sort((a, b) => compareText(a.resource, b.resource))
  return [
    finding(context, {
      rule,
      severity,
      owner: refOf('resourcequotas', quota),
      fault: `${word}: ${full.map(({ resource }) => resource).join(', ')}`,
      evidence: full.map(({ text }) => text),
      causes,
      nextSteps: [`kubectl ${inNamespace(quota.metadata.namespace)}describe resourcequota ${quota.metadata.name}`],
    }),
  ]
}
