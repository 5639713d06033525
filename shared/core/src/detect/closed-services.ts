import type { KubernetesObject } from '../kubernetes.ts'
import type { DetectContext } from './context.ts'
import { opensPort, policiesFor, policySpec } from './network-policies.ts'
import { selectsLabels } from './objects.ts'

/**
 * The policy that names the pods of a Service and lets nobody in on its ports, when no other policy opens them: policies add up. A policy for
 * every pod of a namespace is how people begin, with or without more to come, and is left alone.
 * @param labels those of the pods behind the Service
 * @param ports container ports the Service leads to; none when unknown
 */
export function closingPolicy(
  context: DetectContext,
  namespace: string,
  labels: Record<string, string> | undefined,
  ports: readonly number[],
): KubernetesObject | undefined {
  const about = policiesFor(context, { namespace, labels }, 'Ingress')
  if (about.some((policy) => (policySpec(policy).ingress ?? []).some((rule) => opensPort(rule, ports))))
    return undefined
  return about.find((policy) => selectsLabels(policySpec(policy).podSelector?.matchLabels, labels))
}
