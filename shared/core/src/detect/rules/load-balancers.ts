import type { KubernetesObject } from '../../kubernetes.ts'
import { minute } from '../../time.ts'
import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace, quote } from '../text.ts'

/** A cloud's load balancer takes minutes (Radar: 5 m). */
const grace = 5 * minute

/** Services of type LoadBalancer that got no address: nobody outside reaches them. */
export const loadBalancers: Rule = {
  codes: ['SERVICE_NO_ADDRESS'],
  detect: (context) =>
    context.snapshot.objects.services.filter(isWaiting).flatMap((service) => {
      if (context.now - createdAt(service) < grace) return []
      const ref = refOf('services', service)
      const said = context.eventsOf(ref, service.metadata.uid).findLast(({ type }) => type === 'Warning')
      return [
        finding(context, {
          rule: 'SERVICE_NO_ADDRESS',
          severity: 'warning',
          owner: ref,
          fault: 'its load balancer has no address',
          since: createdAt(service),
          evidence: [
            'Type LoadBalancer, status.loadBalancer is empty',
            said !== undefined && `${said.reason}: ${quote(said.message)}`,
          ],
          causes: [
            'Nothing in the cluster provides load balancers (no cloud controller, no MetalLB)',
            'The cloud refuses: quota, permission, subnet or annotation',
            'No address is left in the pool',
          ],
          nextSteps: [`kubectl ${inNamespace(ref.namespace)}describe service ${ref.name}`],
        }),
      ]
    }),
}

function isWaiting({ metadata, spec, status }: KubernetesObject): boolean {
  const { ingress = [] } = (status?.['loadBalancer'] ?? {}) as { ingress?: unknown[] }
  const external = (spec?.['externalIPs'] ?? []) as unknown[]
  return (
    spec?.['type'] === 'LoadBalancer' &&
    metadata.deletionTimestamp === undefined &&
    ingress.length === 0 &&
    external.length === 0
  )
}
