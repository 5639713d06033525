import type { Finding } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace } from '../text.ts'

interface Backend {
  service?: { name?: string; port?: { name?: string; number?: number } }
}

/** Ingresses that lead to a Service or port that is not there. */
export const ingresses: Rule = {
  codes: ['INGRESS_BACKEND_MISSING'],
  detect: (context) => context.snapshot.objects.ingresses.flatMap((ingress) => findingsOf(context, ingress)),
}

function findingsOf(context: DetectContext, ingress: KubernetesObject): Finding[] {
  const namespace = ingress.metadata.namespace ?? ''
  const faults = [...new Set(backendsOf(ingress).flatMap((backend) => faultOf(context, namespace, backend)))]
  if (faults.length === 0) return []
  return [
    finding(context, {
      rule: 'INGRESS_BACKEND_MISSING',
      severity: 'warning',
      owner: refOf('ingresses', ingress),
      fault: faults[0]!,
      since: createdAt(ingress),
      evidence: faults.slice(0, 5),
      causes: ['The Service was renamed or removed', 'A typing error in the Ingress'],
      nextSteps: [
        `kubectl ${inNamespace(namespace)}describe ingress ${ingress.metadata.name}`,
        `kubectl ${inNamespace(namespace)}get services`,
      ],
    }),
  ]
}

function faultOf(context: DetectContext, namespace: string, { service }: Backend): string[] {
  const name = service?.name
  if (name === undefined) return []
  if (context.surelyAbsent('services', namespace, name)) return [`backend Service ${name} does not exist`]
  const found = context.find('services', namespace, name)
  const ports = found?.spec?.['ports'] as { name?: string; port?: number }[] | undefined
  const { port } = service ?? {}
  // Controllers of clouds read actions from annotations under a port named "use-annotation".
  if (ports === undefined || port === undefined || port.name === 'use-annotation') return []
  const has = ports.some((candidate) =>
    port.number !== undefined ? candidate.port === port.number : candidate.name === port.name,
  )
  return has ? [] : [`Service ${name} has no port ${port.number ?? port.name}`]
}

function backendsOf({ spec }: KubernetesObject): Backend[] {
  const { defaultBackend, rules = [] } = (spec ?? {}) as {
    defaultBackend?: Backend
    rules?: { http?: { paths?: { backend?: Backend }[] } }[]
  }
  const paths = rules.flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend ?? {})
  return defaultBackend === undefined ? paths : [defaultBackend, ...paths]
}
