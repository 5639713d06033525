import type { DetectContext, Rule } from '../context.ts'
import { dnsTraps, type DnsTrap } from '../corefile.ts'
import { finding } from '../finding.ts'
import { serviceOfHost } from '../hosts.ts'
import { refOf } from '../objects.ts'
import { quote } from '../text.ts'

/** A DNS configuration that keeps programs from names inside the cluster. Whether its pods run, other rules tell. */
export const clusterDns: Rule = {
  codes: ['DNS_CONFIG_HARMFUL'],
  detect(context) {
    const config = context.find('configmaps', 'kube-system', 'coredns')
    const corefile = (config?.['data'] as Record<string, string> | undefined)?.['Corefile']
    if (config === undefined || corefile === undefined) return []
    const traps = dnsTraps(corefile).filter((trap) => trap.kind === 'denied' || leadsNowhere(context, trap))
    const [first] = traps
    return first === undefined
      ? []
      : [
          finding(context, {
            rule: 'DNS_CONFIG_HARMFUL',
            severity: 'warning',
            owner: refOf('configmaps', config),
            fault:
              first.kind === 'denied'
                ? 'the DNS server refuses names inside the cluster'
                : 'the DNS server leads a name to a Service that does not exist',
            evidence: traps.slice(0, 5).map(({ text }) => quote(text)),
            causes: ['The Corefile was changed by hand, or by a test that was not undone'],
            nextSteps: [
              'kubectl -n kube-system get configmap coredns -o yaml',
              'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50',
            ],
          }),
        ]
  },
}

function leadsNowhere(context: DetectContext, { target = '' }: DnsTrap): boolean {
  const service = serviceOfHost(context, target, '')
  return service !== undefined && context.surelyAbsent('services', service.namespace, service.name)
}
