import { refKey } from '../../incident.ts'
import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { policiesToBlame } from '../network-policies.ts'
import { livePods } from '../pods.ts'
import { inNamespace, nameOf } from '../text.ts'

/** Policies that explain why pods which are not well get no answer. */
export const networkPolicies: Rule = {
  codes: ['NETWORK_POLICY_BLOCKS'],
  detect(context) {
    const blamed = livePods(context)
      .filter(({ status }) => !isReady(status.conditions))
      .flatMap((pod) => policiesToBlame(context, pod).map((policy) => ({ policy, owner: context.ownerOf(pod) })))
    return [...Map.groupBy(blamed, ({ policy }) => refKey(policy)).values()].map((group) => {
      const { policy } = group[0]!
      const victims = [...new Map(group.map(({ owner }) => [refKey(owner), owner])).values()]
      return finding(context, {
        rule: 'NETWORK_POLICY_BLOCKS',
        severity: 'warning',
        owner: policy,
        fault: 'it lets the pods it selects reach no DNS server, and they report connections nobody answers',
        evidence: victims.slice(0, 5).map((owner) => `${nameOf(owner)} gets no answer`),
        causes: ['Egress is denied and nothing opens port 53 and what the pods need'],
        nextSteps: [
          `kubectl ${inNamespace(policy.namespace)}describe networkpolicy ${policy.name}`,
          `Allow egress to port 53 (UDP and TCP) of kube-system, and to what ${nameOf(victims[0]!)} talks to`,
        ],
      })
    })
  },
}

function isReady(conditions: readonly { type: string; status: string }[] = []): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}
