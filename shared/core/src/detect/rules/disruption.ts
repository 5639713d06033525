import { refKey, type Finding, type ObjectRef } from '../../incident.ts'
import { conditionOf, type KubernetesObject } from '../../kubernetes.ts'
import { minute, toMillis } from '../../time.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf, selectsLabels, templateOf } from '../objects.ts'
import { inNamespace } from '../text.ts'

/** Too few healthy pods for this long (kubernetes-mixin: 15 m). */
const grace = 15 * minute

/** Budgets that let no pod go: because too few are healthy, or because they were written so. */
export const disruption: Rule = {
  codes: ['PDB_BLOCKS', 'PDB_OVERLAP'],
  detect: (context) => [
    ...context.snapshot.objects.poddisruptionbudgets.flatMap((budget) => findingsOf(context, budget)),
    ...overlaps(context),
  ],
}

/** Workloads with more than one budget: the API server then evicts none of their pods, however healthy they are. */
function overlaps(context: DetectContext): Finding[] {
  const budgets = context.snapshot.objects.poddisruptionbudgets.map((budget) => ({
    ref: refOf('poddisruptionbudgets', budget),
    protects: new Set(protectedBy(context, budget).map(refKey)),
  }))
  return [...context.workloads.values()].flatMap(({ ref }) => {
    const own = budgets.filter(({ protects }) => protects.has(refKey(ref)))
    if (own.length < 2) return []
    return [
      finding(context, {
        rule: 'PDB_OVERLAP',
        severity: 'info',
        owner: ref,
        fault: 'several disruption budgets select its pods, so that none of them can be evicted',
        evidence: [`Budgets: ${own.map((budget) => budget.ref.name).join(', ')}`],
        causes: ['Two charts or teams brought a budget each, or a selector is too wide'],
        nextSteps: [`kubectl ${inNamespace(ref.namespace)}get pdb`],
      }),
    ]
  })
}

function protectedBy({ workloads }: DetectContext, { metadata, spec }: KubernetesObject): ObjectRef[] {
  const selector = (spec?.['selector'] as { matchLabels?: Record<string, string> } | undefined)?.matchLabels
  return [...workloads.values()]
    .filter(
      ({ ref, object }) =>
        ref.namespace === metadata.namespace &&
        ref.kind !== 'ReplicaSet' &&
        selectsLabels(selector, templateOf(object)?.metadata?.labels),
    )
    .map(({ ref }) => ref)
}

interface BudgetStatus {
  disruptionsAllowed?: number
  currentHealthy?: number
  desiredHealthy?: number
  expectedPods?: number
}

function findingsOf(context: DetectContext, budget: KubernetesObject): Finding[] {
  const {
    disruptionsAllowed = 0,
    currentHealthy = 0,
    desiredHealthy = 0,
    expectedPods = 0,
  } = (budget.status ?? {}) as BudgetStatus
  if (expectedPods === 0 || disruptionsAllowed > 0) return []
  const since = toMillis(conditionOf(budget, 'DisruptionAllowed')?.lastTransitionTime)
  const tooFew = currentHealthy < desiredHealthy
  const long = since !== undefined && context.now - since >= grace
  const protects = protectedBy(context, budget)
  return [
    finding(context, {
      rule: 'PDB_BLOCKS',
      // At full health it only matters to whoever drains a node: hygiene (facts, section 4).
      severity: tooFew && long ? 'warning' : 'info',
      owner: refOf('poddisruptionbudgets', budget),
      fault: tooFew ? 'fewer pods are healthy than it demands' : 'allows no disruption even at full health',
      since,
      evidence: [
        `${currentHealthy} healthy, ${desiredHealthy} demanded, ${expectedPods} expected; 0 disruptions allowed`,
      ],
      causes: [tooFew ? 'Its pods are not ready' : 'It demands as many pods as there are: node drains will hang'],
      nextSteps: [`kubectl ${inNamespace(budget.metadata.namespace)}describe pdb ${budget.metadata.name}`],
      links: tooFew && protects.length > 0 ? { causedBy: protects } : {},
    }),
  ]
}
