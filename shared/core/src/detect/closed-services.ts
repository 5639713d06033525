import type { KubernetesObject } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'
import { selectsLabels } from './objects.ts'

interface PolicySpec {
  podSelector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] }
  policyTypes?: string[]
  ingress?: unknown[]
}

/**
 * The policy that names the pods of a Service and lets nobody in, when no other policy opens them: policies add up. A policy for
 * every pod of a namespace is how people begin, with or without more to come, and is left alone.
 * @param labels those of the pods behind the Service
 */
export function closingPolicy(
  { snapshot }: DetectContext,
  namespace: string,
  labels: Record<string, string> | undefined,
): KubernetesObject | undefined {
  const about = snapshot.objects.networkpolicies.filter(
    (policy) => policy.metadata.namespace === namespace && concerns(policy, labels),
  )
  if (about.some(({ spec }) => ((spec as PolicySpec | undefined)?.ingress ?? []).length > 0)) return undefined
  return about.find(({ spec }) => selectsLabels((spec as PolicySpec | undefined)?.podSelector?.matchLabels, labels))
}

/** Whether a policy limits what reaches such pods. Expressions are taken to match: they may open what others close. */
function concerns({ spec }: KubernetesObject, labels: Record<string, string> | undefined): boolean {
  const { podSelector = {}, policyTypes = ['Ingress'] } = (spec ?? {}) as PolicySpec
  const wanted = Object.entries(podSelector.matchLabels ?? {})
  return policyTypes.includes('Ingress') && wanted.every(([key, value]) => labels?.[key] === value)
}
