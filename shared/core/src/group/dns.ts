import { finding } from '../detect/finding.ts'
import { dnsService } from '../detect/hosts.ts'
import type { Lookup } from '../detect/lookup.ts'
import { nameOf } from '../detect/text.ts'
import { refKey, type Finding } from '../incident.ts'
import { earliest, type CauseOf } from './roots.ts'

/** Owners whose names do not resolve before the cluster's DNS is at fault: one alone may have a policy or a setting of its own (facts, section 2). */
const ownersOfAnOutage = 3

/** The cluster's DNS, when several owners cannot resolve Services that exist and nothing else is known to be wrong with it. */
export function dnsRoots(findings: readonly Finding[], lookup: Lookup): CauseOf[] {
  const effects = findings.filter(({ links }) => links.unresolved === true)
  const owners = [...new Map(effects.map(({ owner }) => [refKey(owner), owner])).values()]
  if (owners.length < ownersOfAnOutage) return []
  const about = new Set([dnsService, ...lookup.workloadsBehind([dnsService])].map(refKey))
  if (findings.some(({ owner }) => about.has(refKey(owner)))) return []
  const root = finding(lookup, {
    rule: 'DNS_FAILING',
    severity: effects[0]!.severity,
    owner: dnsService,
    fault: 'names of Services that exist do not resolve',
    since: earliest(effects),
    evidence: owners.slice(0, 5).map((owner) => `The log of ${nameOf(owner)} says that a name does not resolve`),
    causes: ['The DNS pods answer wrongly or are out of reach from the nodes', 'A NetworkPolicy blocks port 53'],
    nextSteps: [
      'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50',
      'kubectl -n kube-system get endpointslices -l kubernetes.io/service-name=kube-dns',
    ],
  })
  return [{ root, effects }]
}
