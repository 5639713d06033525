import type { Finding, ObjectRef } from '../../incident.ts'
import type { KubernetesObject } from '../../kubernetes.ts'
import type { DetectContext, Rule } from '../context.ts'
import { customResources, refOfCustom } from '../custom-resources.ts'
import { finding } from '../finding.ts'
import { classFault, missingTlsSecrets } from '../ingress-faults.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { inNamespace } from '../text.ts'

interface Backend {
  service?: { name?: string; port?: { name?: string; number?: number } }
}

/** Ingresses that lead nowhere, that nobody serves, or that lack their certificate: one finding each, the gravest. */
export const ingresses: Rule = {
  codes: ['INGRESS_BACKEND_MISSING', 'INGRESS_CLASS_MISSING', 'INGRESS_TLS_SECRET_MISSING'],
  detect: (context) =>
    context.snapshot.objects.ingresses.flatMap((ingress) => {
      const backend = backendMissing(context, ingress)
      if (backend.length > 0) return backend
      const unserved = classMissing(context, ingress)
      return unserved.length > 0 ? unserved : secretMissing(context, ingress)
    }),
}

function classMissing(context: DetectContext, ingress: KubernetesObject): Finding[] {
  const found = classFault(context, ingress)
  if (found === undefined) return []
  return [
    finding(context, {
      rule: 'INGRESS_CLASS_MISSING',
      severity: found.certain ? 'warning' : 'info',
      owner: refOf('ingresses', ingress),
      fault: `nobody serves it: ${found.fault}`,
      since: createdAt(ingress),
      evidence: [
        `IngressClasses: ${context.snapshot.objects.ingressclasses.map(({ metadata }) => metadata.name).join(', ') || 'none'}`,
      ],
      causes: ['The ingress controller is not installed, or its class has another name'],
      nextSteps: [
        'kubectl get ingressclasses',
        `kubectl ${inNamespace(ingress.metadata.namespace)}describe ingress ${ingress.metadata.name}`,
      ],
    }),
  ]
}

function secretMissing(context: DetectContext, ingress: KubernetesObject): Finding[] {
  const namespace = ingress.metadata.namespace ?? ''
  const missing = missingTlsSecrets(context, ingress)
  if (missing.length === 0) return []
  return [
    finding(context, {
      rule: 'INGRESS_TLS_SECRET_MISSING',
      severity: 'warning',
      owner: refOf('ingresses', ingress),
      fault: `its TLS Secret ${missing[0]} does not exist`,
      since: createdAt(ingress),
      evidence: missing.slice(0, 5).map((name) => `Secret ${namespace}/${name} does not exist: a fallback is served`),
      causes: ['The certificate was never issued', 'The Secret was deleted or renamed'],
      nextSteps: [
        `kubectl ${inNamespace(namespace)}get secrets,certificates`,
        `kubectl ${inNamespace(namespace)}describe ingress ${ingress.metadata.name}`,
      ],
      links: { causedBy: makersOfSecrets(context, namespace, missing) },
    }),
  ]
}

/** The Certificates that should have made some Secrets. */
function makersOfSecrets({ snapshot }: DetectContext, namespace: string, names: readonly string[]): ObjectRef[] {
  return customResources(snapshot, 'cert-manager.io', 'Certificate')
    .filter(({ metadata, spec }) => metadata.namespace === namespace && names.includes(String(spec?.['secretName'])))
    .map(refOfCustom)
}

function backendMissing(context: DetectContext, ingress: KubernetesObject): Finding[] {
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
