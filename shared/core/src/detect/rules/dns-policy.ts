import { refKey } from '../../incident.ts'
import type { PodSpec } from '../../kubernetes.ts'
import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { hostsOf, serviceOfHost } from '../hosts.ts'
import { readinessOf, templateOf } from '../objects.ts'
import { inNamespace, nameOf } from '../text.ts'

/** Pods that ask the node's DNS server, which knows no Service, though they are told to use Services by name. */
export const dnsPolicy: Rule = {
  codes: ['WORKLOAD_DNS_POLICY'],
  detect: (context) =>
    [...context.workloads.values()].flatMap((workload) => {
      const { ref, object } = workload
      const template = templateOf(object)?.spec
      if (template?.containers === undefined || ref.kind === 'ReplicaSet' || ref.kind === 'Job') return []
      const { ready, desired } = readinessOf(workload)
      if (!asksTheNode(template) || desired === 0) return []
      const services = template.containers
        .flatMap(hostsOf)
        .map((host) => serviceOfHost(context, host, ref.namespace))
        .filter((service) => service !== undefined)
        .filter(({ namespace, name }) => context.find('services', namespace, name) !== undefined)
      const [first] = [...new Map(services.map((service) => [refKey(service), service])).values()]
      if (first === undefined) return []
      return [
        finding(context, {
          rule: 'WORKLOAD_DNS_POLICY',
          // On the node's network the fallback is nobody's decision, and a program that is ready may do without.
          severity: template.dnsPolicy === 'Default' || (ready ?? 0) < (desired ?? 0) ? 'warning' : 'info',
          owner: ref,
          fault: `it cannot look up ${nameOf(first)}: its pods do not ask the cluster's DNS`,
          evidence: [
            `dnsPolicy ${template.dnsPolicy ?? 'ClusterFirst'}${template.hostNetwork === true ? ' with hostNetwork' : ''}`,
          ],
          causes: [
            template.hostNetwork === true
              ? 'With hostNetwork, only dnsPolicy ClusterFirstWithHostNet asks the cluster'
              : 'dnsPolicy Default means the DNS server of the node',
          ],
          nextSteps: [
            `kubectl ${inNamespace(ref.namespace)}get ${ref.kind.toLowerCase()} ${ref.name} -o jsonpath='{.spec.template.spec.dnsPolicy}'`,
          ],
        }),
      ]
    }),
}

/** ClusterFirst falls back to the node's DNS on the node's network (core/v1 DNSPolicy). */
function asksTheNode({ dnsPolicy: policy = 'ClusterFirst', hostNetwork }: PodSpec): boolean {
  return policy === 'Default' || (policy === 'ClusterFirst' && hostNetwork === true)
}
