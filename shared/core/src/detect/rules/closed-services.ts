import { refKey, type Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import { closingPolicy } from '../closed-services.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf, templateOf } from '../objects.ts'
import { targetPortsOf } from '../service-targets.ts'
import { inNamespace, nameOf } from '../text.ts'

/** Services that nobody can reach, because a network policy for their pods lets nobody in. */
export const closedServices: Rule = {
  codes: ['NETWORK_POLICY_CLOSES_SERVICE'],
  detect(context) {
    if (context.snapshot.objects.networkpolicies.length === 0) return []
    const published = publishedServices(context)
    return context.snapshot.objects.services.flatMap((service) => findingsOf(context, service, published))
  },
}

function findingsOf(context: DetectContext, service: KubernetesObject, published: ReadonlySet<string>): Finding[] {
  const ref = refOf('services', service)
  const behind = context.backendsOf(service).workloads.filter(({ wanted }) => wanted)
  const policies = behind.map(({ ref: workload }) => {
    const template = templateOf(context.workloads.get(refKey(workload))!.object)
    return closingPolicy(context, ref.namespace, template?.metadata?.labels, targetPortsOf(service))
  })
  const [policy] = policies
  if (policy === undefined || policies.includes(undefined)) return []
  const outside = published.has(refKey(ref)) || ['LoadBalancer', 'NodePort'].includes(String(service.spec?.['type']))
  return [
    finding(context, {
      rule: 'NETWORK_POLICY_CLOSES_SERVICE',
      // Somebody wants traffic from outside to get there; among pods, a Service may be kept closed on purpose.
      severity: outside ? 'warning' : 'info',
      owner: refOf('networkpolicies', policy),
      // One policy may close several Services.
      container: ref.name,
      fault: `it lets nobody reach ${nameOf(ref)}`,
      evidence: [
        `It selects the pods of ${behind.map(({ ref: workload }) => nameOf(workload)).join(', ')} and has no ingress rule for it`,
        outside && `${nameOf(ref)} takes traffic from outside the cluster`,
      ],
      causes: ['A policy that was meant to allow some traffic allows none', 'A quarantine that was not lifted'],
      nextSteps: [`kubectl ${inNamespace(ref.namespace)}describe networkpolicy ${policy.metadata.name}`],
    }),
  ]
}

/** The Services that Ingresses lead to. */
function publishedServices({ snapshot }: DetectContext): Set<string> {
  return new Set(
    snapshot.objects.ingresses.flatMap(({ metadata, spec }) => {
      const { defaultBackend, rules = [] } = (spec ?? {}) as {
        defaultBackend?: Backend
        rules?: { http?: { paths?: { backend?: Backend }[] } }[]
      }
      const paths = rules.flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend)
      return [defaultBackend, ...paths].map((backend) =>
        refKey({ kind: 'Service', namespace: metadata.namespace ?? '', name: backend?.service?.name ?? '' }),
      )
    }),
  )
}

interface Backend {
  service?: { name?: string }
}
